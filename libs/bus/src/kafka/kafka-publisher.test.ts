import { randomUUID } from 'node:crypto'
import { topics } from '@hoptrace/events'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RawMessage } from '../index.ts'
import { ensureTopics } from './ensure-topics.ts'
import { aConsumer, asAdmin, aTopic, settingsOf, someEvents, until } from './kafka.test-support.ts'
import { KafkaPublisher, type KafkaPublisherOptions } from './kafka-publisher.ts'
import type { KafkaNotice } from './notices.ts'
import { topicSpecs } from './topic-specs.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('KafkaPublisher', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka({ own: true })
  })
  afterAll(() => broker?.stop())

  let notices: KafkaNotice[]
  let ends: Map<string, number>
  beforeEach(async () => {
    notices = []
    await ensureTopics(settingsOf(broker.brokers), topicSpecs(settingsOf(broker.brokers)))
    ends = await endsOf(broker, topics.events, topics.deadLetters)
  })
  const aPublisher = (over: KafkaPublisherOptions = {}) =>
    KafkaPublisher.connect(settingsOf(broker.brokers), { onNotice: (notice) => notices.push(notice), ...over })
  const published = (topic: string, count: number) => since(broker, topic, ends, count)

  it('keeps the bytes of every event, and the order of each session in one partition', async () => {
    const publisher = await aPublisher({ batch: { messages: 7 } })
    const events = someEvents(5, 20)
    await publisher.publish(events)
    await publisher.close()
    const messages = await published(topics.events, events.length)
    expect(new Set(messages.map((message) => message.value.toString()))).toEqual(new Set(events.map(String)))
    for (const [partitions, seqs] of bySession(messages)) {
      expect(partitions.size).toBe(1)
      expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i))
    }
  })

  it.each(['none', 'gzip'] as const)('says what an event is as CloudEvents 1.0 does, in binary mode (%s)', async (compression) => {
    const publisher = await aPublisher({ compression })
    const [event] = someEvents(1, 1)
    if (!event) throw new Error('no event')
    await publisher.publish([event], { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    await publisher.close()
    const [message] = await published(topics.events, 1)
    const { sessionId, hash } = JSON.parse(event.toString())
    expect(message?.key).toBe(sessionId)
    expect({ ...message?.headers }).toEqual({
      ce_specversion: '1.0',
      ce_id: `${sessionId}/0/${hash}`,
      ce_source: '/gateways/gw-1',
      ce_type: 'io.hoptrace.sql.statement',
      ce_time: '2026-11-18T11:06:40.000000Z',
      'content-type': 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
  })

  it('publishes what is no event too, and says so', async () => {
    const publisher = await aPublisher()
    await publisher.publish([Buffer.from('{"sessionId":'), Buffer.from('{"sessionId":7}')])
    await publisher.close()
    expect((await published(topics.events, 2)).map((message) => message.headers?.['content-type'])).toEqual(
      Array(2).fill('application/octet-stream'),
    )
    expect(notices.filter(({ kind }) => kind === 'unreadable')).toHaveLength(2)
  })

  it('sets an event aside that its topic does not take, whole, and goes on with those behind it', async () => {
    const publisher = await aPublisher()
    const [before, behind] = someEvents(1, 2)
    const large = Buffer.from(JSON.stringify({ sessionId: randomUUID(), text: 'x'.repeat(1024 * 1024) }))
    if (!before || !behind) throw new Error('no events')
    await publisher.publish([before, large, behind])
    await publisher.close()
    expect((await published(topics.events, 2)).map(({ value }) => value)).toEqual([before, behind])
    const [letter] = await published(topics.deadLetters, 1)
    expect(letter?.value.equals(large)).toBe(true)
    expect(letter?.headers).toMatchObject({ hoptrace_reason: 'oversized', hoptrace_topic: topics.events })
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'oversized', topic: topics.events }))
  })

  it('halves batches for a topic that takes less, and names the message that is still too large', async () => {
    const topic = await aTopic(broker.brokers, { partitions: 1, config: { 'max.message.bytes': '2000' } })
    const publisher = await aPublisher({ compression: 'none' })
    const messages = Array.from({ length: 20 }, (_, i) => ({ key: 'k', value: `${i} ${'x'.repeat(300)}` }))
    await publisher.send(topic, messages)
    await expect(publisher.send(topic, [{ key: 'k', value: 'x'.repeat(3000) }])).rejects.toMatchObject({
      code: 'KAFKA_PUBLISH_FAILED',
      retryable: false,
      cause: { code: 'KAFKA_MESSAGE_TOO_LARGE', topic },
    })
    await publisher.close()
    const received = await since(broker, topic, new Map(), 20)
    expect(received.map(({ value }) => Number(value.toString().split(' ')[0]))).toEqual(messages.map((_, i) => i))
  })

  it('fails what waited behind a failure, and publishes all of it in order when asked again', async () => {
    const publisher = await aPublisher({ retries: 1 })
    const events = someEvents(1, 30)
    await publisher.publish(events.slice(0, 10))
    await broker.kill()
    const failed = await Promise.allSettled([publisher.publish(events.slice(10, 20)), publisher.publish(events.slice(20))])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(failed[0]).toMatchObject({ reason: { code: 'KAFKA_PUBLISH_FAILED', retryable: true } })
    await broker.start()
    await publisher.publish(events.slice(10))
    await publisher.close()
    const [[, seqs] = []] = bySession(await published(topics.events, 30))
    expect([...new Set(seqs)]).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })

  it('finds its broker again when that was away for a moment in the middle of publishing', async () => {
    const publisher = await aPublisher({ batch: { messages: 5 } })
    const events = someEvents(3, 200)
    const done = publisher.publish(events)
    broker.pause()
    broker.resume()
    await done
    await publisher.close()
    for (const [, seqs] of bySession(await published(topics.events, events.length))) {
      expect([...new Set(seqs)]).toEqual(Array.from({ length: 200 }, (_, i) => i))
    }
  })
})

type Received = Pick<RawMessage, 'key' | 'headers' | 'value' | 'at'>

/** Partitions and sequence numbers of each session, in the order in which they came. */
function bySession(messages: readonly Received[]): [Set<string>, number[]][] {
  const sessions = new Map<string, [Set<string>, number[]]>()
  for (const { key = '', at, value } of messages) {
    const [partitions, seqs] = sessions.get(key) ?? [new Set(), []]
    sessions.set(key, [partitions.add(at.partition), seqs])
    seqs.push(JSON.parse(value.toString()).seq)
  }
  return [...sessions.values()]
}

async function endsOf(broker: KafkaBroker, ...names: string[]): Promise<Map<string, number>> {
  return asAdmin(broker.brokers, async (admin) => {
    const all = await Promise.all(names.map(async (topic) => ({ topic, offsets: await admin.fetchTopicOffsets(topic) })))
    return new Map(all.flatMap(({ topic, offsets }) => offsets.map(({ partition, high }) => [`${topic}/${partition}`, Number(high)])))
  })
}

/** At least `count` messages that a topic got behind where it ended before. */
async function since(broker: KafkaBroker, topic: string, ends: ReadonlyMap<string, number>, count: number): Promise<Received[]> {
  const messages: Received[] = []
  const isNew = ({ at }: RawMessage) => at.offset >= (ends.get(`${topic}/${at.partition}`) ?? 0)
  const { consumer } = await aConsumer(broker.brokers, topic, async (slice) => void messages.push(...slice.filter(isNew)), {
    groupId: randomUUID(),
  })
  await until(() => messages.length >= count)
  await consumer.stop()
  return messages
}
