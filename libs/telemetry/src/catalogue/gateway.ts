import { DenyReason, Protocol } from '@hoptrace/events'
import { COUNTS, counter, gauge, histogram, SECONDS } from '../metrics/definition.ts'

const protocol = Protocol.options

/** What a gateway tells of itself: who was let in, and whether everything is recorded. */
export const gatewayMetrics = {
  openSessions: gauge('hoptrace_gateway_open_sessions', 'Sessions that are being recorded'),
  decisions: counter('hoptrace_gateway_access_decisions_total', 'Decisions about access', {
    protocol,
    decision: ['allow', 'deny', 'review'],
  }),
  refused: counter('hoptrace_gateway_refused_total', 'Refused attempts, by reason', { reason: DenyReason.options }),
  recorded: counter('hoptrace_gateway_events_recorded_total', 'Events that were appended to the spool'),
  gaps: counter('hoptrace_gateway_recording_gaps_total', 'Recording gaps that this gateway declared', { reason: { atMost: 12 } }),
  down: gauge('hoptrace_gateway_recording_down', '1 while nothing can be recorded, and so nobody is let in'),
  spoolBytes: gauge('hoptrace_spool_bytes', 'Bytes that the spool takes on disk'),
  spoolMaxBytes: gauge('hoptrace_spool_max_bytes', 'Bytes from which on new sessions are refused'),
  spoolUnpublished: gauge('hoptrace_spool_unpublished_bytes', 'Durable bytes that the relay has still to publish'),
  spoolAge: gauge('hoptrace_spool_oldest_seconds', 'Age of the oldest segment that still waits to be published'),
  runsViewAge: gauge('hoptrace_gateway_runs_view_age_seconds', 'Age of the view of live runs; above 5 s access is denied'),
} as const

/** The relay from the spool to Kafka. */
export const relayMetrics = {
  published: counter('hoptrace_relay_events_published_total', 'Events that the bus acknowledged'),
  batch: histogram('hoptrace_relay_batch_events', 'Events of one published batch', COUNTS),
  publishing: histogram('hoptrace_relay_publish_seconds', 'Time until the bus acknowledged a batch', SECONDS),
  retries: counter('hoptrace_relay_retries_total', 'Batches that have to be published again, by code', { code: { atMost: 24 } }),
} as const
