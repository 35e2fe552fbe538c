import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, aTopic, settingsOf } from './kafka.test-support.ts'
import { KafkaPublisher } from './kafka-publisher.ts'
import { TopicEnds } from './topic-ends.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('TopicEnds', () => {
  let broker: KafkaBroker
  let publisher: KafkaPublisher
  let ends: TopicEnds
  beforeAll(async () => {
    broker = await startKafka()
    publisher = await KafkaPublisher.connect(settingsOf(broker.brokers))
    ends = new TopicEnds(settingsOf(broker.brokers))
  })
  afterAll(async () => {
    await publisher?.close()
    await ends?.close()
    await broker?.stop()
  })

  /** Of a topic that has just been made: its partitions have leaders a moment later. */
  const endsOfNew = (topic: string) => expect.poll(() => ends.of(topic).catch(() => null), { timeout: 30_000 })

  it('says behind which offset everything stands that was acknowledged, and 0 where nothing is', async () => {
    const topic = await aTopic(broker.brokers)
    const into = (partition: number, count: number) =>
      publisher.send(
        topic,
        Array.from({ length: count }, () => ({ key: null, value: 'x', partition })),
      )
    await endsOfNew(topic).toEqual([0, 0, 0])
    await into(1, 5)
    await into(2, 2)
    expect(await ends.of(topic)).toEqual([0, 5, 2])
    await asAdmin(broker.brokers, async (admin) => {
      // The client deletes from no topic that it has not asked about before.
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '-1' }] })
    })
    expect(await ends.of(topic)).toEqual([0, 0, 2])
  })

  it('asks on a new connection after it failed', async () => {
    await expect(ends.of('')).rejects.toThrow()
    await endsOfNew(await aTopic(broker.brokers, { partitions: 1 })).toEqual([0])
  })
})
