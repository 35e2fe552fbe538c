import type { EventPublisher, OutgoingMessage } from '@hoptrace/bus'

/** What the gateway asks of the bus: events, and messages of other topics. Each resolves once all is acknowledged. */
export interface BusPublisher extends EventPublisher {
  /** @param headers for each message, such as `traceparent` */
  publish(events: readonly Buffer[], headers?: Readonly<Record<string, string>>): Promise<void>
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>
  close(): Promise<void>
}
