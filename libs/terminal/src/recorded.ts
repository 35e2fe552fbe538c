import type { EventType, SessionEvent } from '@hoptrace/events'

type OfType<T extends EventType> = Pick<Extract<SessionEvent, { type: T }>, 'seq' | 'elapsedUs' | 'ts' | 'type' | 'body'>

/** What this library reads of an event. Every SessionEvent is one. */
export type Recorded = { [T in EventType]: OfType<T> }[EventType]
export type RecordedOf<T extends EventType> = OfType<T>

/** The events of one session in the order of seq. */
export type Recording = AsyncIterable<Recorded> | Iterable<Recorded>
