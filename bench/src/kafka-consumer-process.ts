import 'reflect-metadata'
import { KafkaBatchStrategy, type KafkaSettings, type RawMessage } from '@hoptrace/bus'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { EventPattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices'

/** Which transport takes how many messages of a topic. */
export type ConsumerTask = { transport: 'batch' | 'nest'; settings: KafkaSettings; topic: string; groupId: string; messages: number }
/** From the first message to the last. */
export type ConsumerMeasured = { seconds: number; cpuSeconds: number; peakMiB: number }

/** Counts what arrives, and touches every value: all the rest is the transport's own work. */
class Counter {
  private left: number
  private bytes = 0
  private from = 0
  private cpu = process.cpuUsage()

  constructor(messages: number) {
    this.left = messages
  }

  take(values: readonly Buffer[]): void {
    if (this.from === 0) {
      this.from = performance.now()
      this.cpu = process.cpuUsage()
    }
    for (const value of values) this.bytes += value.length
    this.left -= values.length
    if (this.left <= 0) this.report()
  }

  private report(): void {
    const { user, system } = process.cpuUsage(this.cpu)
    const seconds = (performance.now() - this.from) / 1000
    const measured: ConsumerMeasured = { seconds, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 }
    process.send?.(measured)
  }
}

function appOf({ transport, topic, messages }: ConsumerTask): new () => object {
  const counter = new Counter(messages)

  @Controller()
  class Consumer {
    @EventPattern(topic)
    async onMessages(@Payload() payload: object): Promise<void> {
      counter.take(transport === 'batch' ? (payload as RawMessage[]).map(({ value }) => value) : [payload as Buffer])
    }
  }

  @Module({ controllers: [Consumer] })
  class App {}
  return App
}

function optionsOf({ transport, settings, groupId }: ConsumerTask): MicroserviceOptions {
  if (transport === 'batch') return { strategy: new KafkaBatchStrategy({ settings, groupId }) }
  const { brokers, clientId } = settings
  const consumer = { groupId, maxBytesPerPartition: 1024 * 1024, maxBytes: 4 * 1024 * 1024 }
  // Values stay bytes, as in the other: reading JSON is no work of a transport's.
  const parser = { keepBinary: true }
  return {
    transport: Transport.KAFKA,
    options: { client: { brokers: [...brokers], clientId }, consumer, parser, subscribe: { fromBeginning: true } },
  }
}

process.on('message', (task: ConsumerTask) => {
  NestFactory.createMicroservice<MicroserviceOptions>(appOf(task), { ...optionsOf(task), logger: ['error'] })
    .then((app) => app.listen())
    .catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
})
