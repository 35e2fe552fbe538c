import 'reflect-metadata'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { type INestMicroservice, Module, UseFilters } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawMessage } from '../batch-consumer.ts'
import type { BatchContext } from './batch-context.ts'
import { BatchExceptionFilter } from './batch-exception.filter.ts'
import { aTopic, committedOf, settingsOf, until } from './kafka.test-support.ts'
import { KafkaBatchStrategy } from './kafka-batch-strategy.ts'
import { KafkaPublisher } from './kafka-publisher.ts'
import type { KafkaNotice } from './notices.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('KafkaBatchStrategy', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker?.stop())

  it('hands batches to a controller, and the same batch again when its promise rejects', async () => {
    const topic = await aTopic(broker.brokers, { partitions: 1 })
    await publish(broker, topic, ['a', 'b'])
    const app = await anApp(broker, topic, 2)
    await until(async () => (await committedOf(broker.brokers, `group-${topic}`, topic))[0] === 2)
    expect(app.batches).toEqual(Array(3).fill({ topic, partition: 0, values: ['a', 'b'], key: 'k' }))
    expect(app.notices.flatMap((notice) => (notice.kind === 'retry' ? [String(notice.error)] : []))).toEqual(
      Array(2).fill('Error: the store is away'),
    )
    expect(app.strategy.state).toBe('running')
    await app.nest.close()
    expect(app.strategy.state).toBe('stopped')
  })
})

type App = { nest: INestMicroservice; strategy: KafkaBatchStrategy; batches: object[]; notices: KafkaNotice[] }

/** An app with a handler that fails the first times. */
async function anApp(broker: KafkaBroker, topic: string, failures: number): Promise<App> {
  const batches: object[] = []
  const notices: KafkaNotice[] = []
  let toFail = failures

  class EventsConsumer {
    async onBatch(batch: RawMessage[], context: BatchContext): Promise<void> {
      batches.push({
        topic: context.topic,
        partition: context.partition,
        values: batch.map(({ value }) => value.toString()),
        key: batch[0]?.key,
      })
      await context.heartbeat()
      if (toFail-- > 0) throw new Error('the store is away')
    }
  }
  asController(EventsConsumer, topic)
  class AppModule {}
  Module({ controllers: [EventsConsumer] })(AppModule)

  const onNotice = (notice: KafkaNotice) => void notices.push(notice)
  const strategy = new KafkaBatchStrategy({
    settings: settingsOf(broker.brokers),
    groupId: `group-${topic}`,
    retryMs: 10,
    lingerMs: 20,
    onNotice,
  })
  const nest = await NestFactory.createMicroservice(AppModule, { strategy, logger: false })
  await nest.listen()
  return { nest, strategy, batches, notices }
}

// The decorators as functions: this topic's name is known only now.
function asController(type: { prototype: object; new (): object }, topic: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'onBatch')
  if (!descriptor) throw new Error('unreachable')
  EventPattern(topic)(type.prototype, 'onBatch', descriptor)
  Payload()(type.prototype, 'onBatch', 0)
  Ctx()(type.prototype, 'onBatch', 1)
  UseFilters(BatchExceptionFilter)(type)
  Reflect.defineMetadata('__controller__', true, type)
}

async function publish(broker: KafkaBroker, topic: string, values: string[]): Promise<void> {
  const publisher = await KafkaPublisher.connect(settingsOf(broker.brokers))
  await publisher.send(
    topic,
    values.map((value) => ({ key: 'k', value })),
  )
  await publisher.close()
}
