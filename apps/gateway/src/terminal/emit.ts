import type { EventBody, EventType, FoundObservables } from '@hoptrace/events'

/** Appends one event to the session's recording. @returns its seq */
export type Emit = <T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables) => number

/** What is done with the bytes of one channel. Pure: time comes in, events go out. */
export interface ChannelRecorder {
  /** @param nowUs monotonic microseconds */
  fromCaller(bytes: Buffer, nowUs: number): void
  fromTarget(bytes: Buffer, stream: 'stdout' | 'stderr', nowUs: number): void
  /** The channel is over: what is unfinished is recorded as unfinished. Idempotent. */
  end(): void
}
