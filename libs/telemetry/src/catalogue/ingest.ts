import { COUNTS, counter, gauge, histogram, SECONDS } from '../metrics/definition.ts'

/** Reasons and codes are words of the program; the bound holds should a new version bring more. */
const reason = { atMost: 24 }
const code = { atMost: 32 }
/** Partitions of all topics that one process may be assigned. */
const partition = { atMost: 1024 }

/** What the ingest tells: how far it has come, how fast, and what it could not understand. */
export const ingestMetrics = {
  lag: gauge('hoptrace_ingest_lag_messages', 'Messages that stand in the topic behind what was stored', { partition }),
  storedTo: gauge('hoptrace_ingest_stored_to_timestamp_seconds', 'Event time of the newest event that was stored'),
  events: counter('hoptrace_ingest_events_stored_total', 'Events that the store acknowledged; redelivered ones count again'),
  batch: histogram('hoptrace_ingest_batch_messages', 'Messages of one batch', COUNTS),
  inserting: histogram('hoptrace_ingest_insert_seconds', 'Time from receiving a batch until the store acknowledged all of it', SECONDS),
  inFlight: gauge('hoptrace_ingest_in_flight_bytes', 'Bytes of the batches that were received and are not stored'),
  deadLetters: counter('hoptrace_ingest_dead_letters_total', 'Messages that could not be understood', { reason }),
  gaps: counter('hoptrace_ingest_recording_gaps_total', 'Recording gaps among the stored events', { reason }),
  storeErrors: counter('hoptrace_store_errors_total', 'Batches that the store did not take, by code; each is tried again', { code }),
} as const
