import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aConsumer, aTopic, committedOf, settingsOf, until } from './kafka.test-support.ts'
import { KafkaPublisher } from './kafka-publisher.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('what a handler holds', () => {
  let broker: KafkaBroker
  let publisher: KafkaPublisher
  beforeAll(async () => {
    broker = await startKafka({ own: true })
    publisher = await KafkaPublisher.connect(settingsOf(broker.brokers))
  })
  afterAll(async () => {
    await publisher?.close()
    await broker?.stop()
  })

  it('is not committed, does not come again meanwhile, and comes again after a restart', async () => {
    const topic = await aTopic(broker.brokers, { partitions: 1 })
    const numbers = (from: number) => [0, 1, 2, 3, 4].map((at) => ({ key: null, value: String(from + at), partition: 0 }))
    await publisher.send(topic, numbers(0))
    const seen: number[] = []
    const first = await aConsumer(broker.brokers, topic, async (slice, { commitBefore }) => {
      seen.push(...slice.map(({ at }) => at.offset))
      commitBefore(3)
    })
    await until(() => seen.length === 5)
    await publisher.send(topic, numbers(5))
    await until(() => seen.length === 10)
    await first.consumer.stop()
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await committedOf(broker.brokers, `group-${topic}`, topic)).toEqual([3])
    const again: number[] = []
    const second = await aConsumer(broker.brokers, topic, async (slice) => void again.push(...slice.map(({ at }) => at.offset)))
    await until(() => again.length === 7)
    expect(again).toEqual([3, 4, 5, 6, 7, 8, 9])
    await second.consumer.stop()
  })
})

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('a group of a single reader', () => {
  it('gives one member every partition, and the other one when that is gone', async () => {
    const broker = await startKafka({ own: true })
    const publisher = await KafkaPublisher.connect(settingsOf(broker.brokers))
    const topic = await aTopic(broker.brokers, { partitions: 3 })
    const toEach = (value: string) => [0, 1, 2].map((partition) => ({ key: null, value, partition }))
    const seen: [string, string][] = []
    const join = (name: string) =>
      aConsumer(
        broker.brokers,
        topic,
        async (slice) => void seen.push(...slice.map(({ value }): [string, string] => [name, String(value)])),
        {
          isSingleReader: true,
        },
      )
    const members = { a: await join('a'), b: await join('b') }
    await publisher.send(topic, toEach('first'))
    await until(() => seen.length === 3)
    const readers = [...new Set(seen.map(([name]) => name))]
    expect(readers).toHaveLength(1)
    const [reader, standby] = readers[0] === 'a' ? [members.a, members.b] : [members.b, members.a]
    await reader.consumer.stop()
    await publisher.send(topic, toEach('second'))
    await until(() => seen.length === 6)
    expect(new Set(seen.map((one) => one.join(' '))).size).toBe(2)
    await standby.consumer.stop()
    await publisher.close()
    await broker.stop()
  })
})
