import type { EventOf, EventType, UnknownEvent } from '@hoptrace/events'

type Read = 'seq' | 'elapsedUs' | 'ts' | 'type' | 'body'
type OfType<T extends EventType> = Pick<EventOf<T>, Read>

/** What this library reads of an event. Every SessionEvent is one. */
export type Recorded = { [T in EventType]: OfType<T> }[EventType] | Pick<UnknownEvent, Read>
export type RecordedOf<T extends EventType> = OfType<T>

/** The events of one session in the order of seq. */
export type Recording = AsyncIterable<Recorded> | Iterable<Recorded>
