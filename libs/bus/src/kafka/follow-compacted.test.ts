import { randomUUID } from 'node:crypto'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CompactedRecord, type Following, followCompacted } from './follow-compacted.ts'
import { aTopic, settingsOf, until } from './kafka.test-support.ts'
import { KafkaPublisher } from './kafka-publisher.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('followCompacted', () => {
  let broker: KafkaBroker
  let publisher: KafkaPublisher
  beforeAll(async () => {
    broker = await startKafka({ own: true })
    publisher = await KafkaPublisher.connect(settingsOf(broker.brokers), { retries: 1 })
  })
  afterAll(async () => {
    await publisher?.close()
    await broker?.stop()
  })

  const compacted = () => aTopic(broker.brokers, { partitions: 1, config: { 'cleanup.policy': 'compact' } })
  const put = (topic: string, ...pairs: [string, string | null][]) =>
    publisher.send(
      topic,
      pairs.map(([key, value]) => ({ key, value })),
    )
  /** Follows a topic into a map, as who needs its latest state would. */
  async function follow(topic: string, onRecord: (record: CompactedRecord) => void = () => undefined): Promise<View> {
    const view: View = { state: new Map(), caughtUpAt: [], close: async () => undefined, ageMs: () => Number.NaN }
    const record = (one: CompactedRecord): void => {
      onRecord(one)
      if (one.value === null) view.state.delete(one.key)
      else view.state.set(one.key, one.value.toString())
    }
    const following = await followCompacted(settingsOf(broker.brokers), topic, record, () => view.caughtUpAt.push(view.state.size), {
      probeMs: 50,
    })
    return Object.assign(view, following)
  }

  it('hands over everything that stands there, says so once, and goes on', async () => {
    const topic = await compacted()
    await put(topic, ['a', '1'], ['b', '1'], ['a', '2'], ['c', '1'], ['b', null])
    const view = await follow(topic)
    await until(() => view.caughtUpAt.length > 0)
    expect([...view.state]).toEqual([
      ['a', '2'],
      ['c', '1'],
    ])
    await put(topic, ['d', '1'])
    await until(() => view.state.has('d'))
    expect(view.caughtUpAt).toEqual([2])
    await view.close()
  })

  it('has caught up with an empty topic at once', async () => {
    const view = await follow(await compacted())
    await until(() => view.caughtUpAt.length > 0)
    expect(view.ageMs()).toBeLessThan(Number.POSITIVE_INFINITY)
    await view.close()
  })

  it('knows that its view grows old while the broker does not answer, and that it is fresh again afterwards', async () => {
    const topic = await compacted()
    await put(topic, ['a', '1'])
    const view = await follow(topic)
    await until(() => view.caughtUpAt.length > 0 && view.ageMs() < 2_000)
    broker.pause()
    await until(() => view.ageMs() > 3_000)
    broker.resume()
    await until(() => view.ageMs() < 2_000)
    await view.close()
  })

  it('goes on where it was after the broker was killed and started again', async () => {
    const topic = await compacted()
    await put(topic, ['a', '1'], ['b', '1'])
    const offsets: number[] = []
    const view = await follow(topic, ({ offset }) => offsets.push(offset))
    await until(() => view.caughtUpAt.length > 0)
    await broker.kill()
    await broker.start()
    await put(topic, ['a', '2'])
    await until(() => view.state.get('a') === '2' && view.ageMs() < 2_000)
    expect(offsets).toEqual([0, 1, 2])
    await view.close()
  })

  it('gets a record again when taking it failed', async () => {
    const topic = await compacted()
    await put(topic, ['a', '1'], ['b', '1'])
    let failures = 1
    const view = await follow(topic, ({ key }) => {
      if (key === 'b' && failures-- > 0) throw new Error('not now')
    })
    await until(() => view.state.get('b') === '1')
    await view.close()
  })

  it('catches up with a topic whose last offset is no record', async () => {
    const topic = await compacted()
    await put(topic, ['a', '1'])
    await putInTransaction(broker, topic, ['b', '1'])
    const view = await follow(topic)
    await until(() => view.caughtUpAt.length > 0)
    expect(view.caughtUpAt).toEqual([2])
    await put(topic, ['c', '1'])
    await until(() => view.state.has('c'))
    await view.close()
  })
})

/** A transaction ends with a marker that takes an offset of its own. */
async function putInTransaction(broker: KafkaBroker, topic: string, [key, value]: [string, string]): Promise<void> {
  const client = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING })
  const producer = client.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ key, value }] })
  await transaction.commit()
  await producer.disconnect()
}

type View = Following & { state: Map<string, string>; caughtUpAt: number[] }
