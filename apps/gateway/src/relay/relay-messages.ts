import type { PublishedBatch, RelayNotice, RelayState } from './spool-relay.ts'

/** What the relay's thread tells the gateway. */
export type FromRelay =
  | { kind: 'notice'; notice: RelayNotice }
  | { kind: 'published'; published: PublishedBatch }
  | { kind: 'state'; state: RelayState }
  /** Asks for the headers of a batch. */
  | { kind: 'publishing'; batch: number; events: number }
  | { kind: 'acknowledged' | 'failed'; batch: number }
  | { kind: 'stopped' }

/** What the gateway tells it. */
export type ToRelay = { kind: 'headers'; batch: number; headers: Record<string, string> } | { kind: 'stop'; drainWithinMs: number }
