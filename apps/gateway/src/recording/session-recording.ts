import type { DigestKey, EventBody, EventType, FoundObservables } from '@hoptrace/events'

/** How a target's recording treats the disk. See DESIGN, *Delivery*. */
export type Durability = 'default' | 'strict' | 'best-effort'

/** A position in the spool: everything appended before it. Grows with every append. */
export type SpoolMark = number

export type StopOrder = { reason: 'revoked' | 'expired' | 'recording' | 'shutdown'; message: string }
export type EndReason = EventBody<'session.ended'>['reason']

/**
 * The recording of one open session, as a protocol's proxy sees it.
 *
 * The two rules that a proxy keeps:
 * - caller → target: append what the bytes ask, then `forward(() => target.write(bytes))`.
 * - target → caller: take `mark` when the bytes arrive, append what they answer, then `release(mark, () => caller.write(bytes))`.
 * Callbacks of one session run in the order in which they were given, forwards and releases each among themselves.
 * After `stop` or `end` no callback runs any more.
 */
export interface SessionRecording {
  readonly sessionId: string
  readonly digestKey: DigestKey
  /** Position after the last append of this session. */
  readonly mark: SpoolMark
  /**
   * Numbers, chains and appends an event to the spool's current group (one write(2) a turn of the event loop).
   * @returns its seq
   * @throws EventTooLargeError above 512 KiB: recorders cut their bodies
   */
  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number
  /** Calls back once everything appended so far on this session is in the spool (strict: durable). */
  forward(send: () => void): void
  /** Calls back once everything before `mark` is durable and everything appended so far is in the spool (strict: durable). */
  release(mark: SpoolMark, send: () => void): void
  /** The gateway's order to close both connections at once. Called at most once; at once if it came before. */
  onStop(listener: (order: StopOrder) => void): void
  /** Appends `session.ended` and closes the recording. Idempotent; the first reason stands. */
  end(reason: EndReason, message?: string): void
}
