import type { KafkaSettings } from '@hoptrace/bus'

export type RelayNotice =
  /** What the bus did not take is tried again; it stays in the spool. */
  | { kind: 'retry'; code: string; explanation?: string; attempt: number; afterMs: number }
  /** The disk has damaged records: they went to the dead letters as they are. */
  | { kind: 'damage'; segment: number; offset: number; records: number }
  /** An event was larger than its topic takes: it went whole to the dead letters. */
  | { kind: 'oversized'; bytes: number }
  /** Readers of the spool that have their own place in it: what they have not read is kept, and takes room. */
  | { kind: 'shared'; readers: string[] }
  /** The relay broke off, and begins again where it last saved its place. */
  | { kind: 'restart'; code: string }

/** A batch that the bus has acknowledged. */
export type PublishedBatch = { events: number; durationMs: number }

export type RelayState = {
  /** Events that the bus has acknowledged since the gateway started. */
  published: number
  /** When the oldest event was recorded that is being published, ms since the epoch; null while nothing waits. */
  oldestWaitingMs: number | null
  /** Why the bus did not take the last batch; null once it has taken one again. */
  lastErrorCode: string | null
}

/** Publishes what is durable in the spool. */
export interface SpoolRelay {
  readonly state: RelayState
  /** Durable bytes that are not published yet. Rejects when the spool's directory cannot be read. */
  depth(): Promise<number>
  start(): void
  /** Publishes what is durable by now, at most for so long, and stops. What is left comes at the next start. */
  stop(drainWithinMs: number): Promise<void>
}

export type RelaySource = {
  /** The spool's. */
  directory: string
  /** Names the spool in dead letters. */
  source: string
  settings: KafkaSettings
}

export type RelayListener = {
  onNotice: (notice: RelayNotice) => void
  onPublished: (batch: PublishedBatch) => void
  /** Runs the publishing of a batch. @param publish takes headers for each of its messages, such as `traceparent` */
  publishing: (events: number, publish: (headers: Record<string, string>) => Promise<void>) => Promise<void>
}

export type OpenRelay = (source: RelaySource, listener: RelayListener) => SpoolRelay

/** Name of the relay's cursor in the spool. */
export const RELAY_CURSOR = 'relay'
