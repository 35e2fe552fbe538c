import type { EventBody, EventType } from '@hoptrace/events'

/** Follows what a gateway does, in numbers: it is told of kinds and counts, and must not keep what it is shown. */
export interface GatewayObserver {
  /** An event was appended to the spool. */
  recorded<T extends EventType>(type: T, body: EventBody<T>): void
  /** The bus acknowledged a batch. */
  published(batch: { events: number; durationMs: number }): void
  /** The bus did not take a batch; it is tried again. */
  retried(code: string): void
  /** Runs the publishing of a batch. @param publish takes headers for each of its messages */
  publishing(events: number, publish: (headers: Record<string, string>) => Promise<void>): Promise<void>
}

export const unobserved: GatewayObserver = {
  recorded: () => undefined,
  published: () => undefined,
  retried: () => undefined,
  publishing: (_, publish) => publish({}),
}
