import type { RawMessage } from '@hoptrace/bus'
import type { Place } from './stored.ts'
import type { RejectReason } from './triage.ts'

/** Runs an insert, so that it can be timed. */
export type Storing = <T>(rows: number, insert: () => Promise<T>) => Promise<T>

/** Follows what an ingest does, in numbers: it must not keep what it is shown. */
export interface IngestObserver {
  /** Runs the handling of a batch, which begins within this call. */
  handling(batch: readonly RawMessage[], work: (storing: Storing) => Promise<void>): Promise<void>
  /** The store has acknowledged these. */
  stored(events: readonly Place[]): void
  /** A message became a dead letter, and is kept. */
  setAside(reason: RejectReason): void
}

export const unobserved: IngestObserver = {
  handling: (_, work) => work((_rows, insert) => insert()),
  stored: () => undefined,
  setAside: () => undefined,
}
