/** Hands encoded events to whoever stores them. */
export interface EventPublisher {
  /** Resolves once every event is acknowledged; rejects when that is not known, and then the same events are published again. */
  publish(events: readonly Buffer[]): Promise<void>
}
