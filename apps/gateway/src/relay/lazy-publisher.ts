import type { OutgoingMessage } from '@hoptrace/bus'
import type { BusPublisher } from './bus-publisher.ts'

/** Connects when there is something to publish, and again after it could not: a gateway starts without its broker. */
export class LazyPublisher implements BusPublisher {
  private connecting: Promise<BusPublisher> | null = null

  constructor(private readonly connect: () => Promise<BusPublisher>) {}

  async publish(events: readonly Buffer[], headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await (await this.open()).publish(events, headers)
  }

  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await (await this.open()).send(topic, messages)
  }

  async close(): Promise<void> {
    const { connecting } = this
    this.connecting = null
    await (await connecting?.catch(() => null))?.close()
  }

  private open(): Promise<BusPublisher> {
    const connecting = this.connecting ?? this.connect()
    this.connecting = connecting
    connecting.catch(() => {
      if (this.connecting === connecting) this.connecting = null
    })
    return connecting
  }
}
