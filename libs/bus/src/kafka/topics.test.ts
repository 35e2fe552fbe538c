import { topics } from '@hoptrace/events'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { CompressionCodecs, CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTopics } from './ensure-topics.ts'
import { aConsumer, asAdmin, settingsOf, until } from './kafka.test-support.ts'
import { topicSpecs } from './topic-specs.ts'

const specs = topicSpecs(settingsOf([]))
const [spec] = specs
if (!spec) throw new Error('no topics')

describe('the topics of the bus', () => {
  it('are each specified', () => {
    expect(specs.map(({ topic }) => topic)).toEqual(Object.values(topics))
  })

  it('keep the runs for ever, by key, in one partition', () => {
    expect(specs.find(({ topic }) => topic === topics.runs)).toMatchObject({ partitions: 1, config: { 'cleanup.policy': 'compact' } })
  })

  it('want all copies but one in sync', () => {
    const copies = topicSpecs(settingsOf([], { topicReplication: 3 }))
    expect(new Set(copies.map(({ config }) => config['min.insync.replicas']))).toEqual(new Set(['2']))
  })
})

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('ensureTopics', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker?.stop())
  const named = (topic: string) => ({ ...spec, topic })
  const ensure = (...wanted: (typeof spec)[]) => ensureTopics(settingsOf(broker.brokers), wanted)

  it('creates what is missing, once, and finds it right afterwards', async () => {
    const wanted = [named('t-once'), named('t-twice')]
    expect(await ensure(...wanted)).toEqual(['t-once', 't-twice'])
    expect(await ensure(...wanted)).toEqual([])
  })

  it('takes it well when several processes start at once', async () => {
    await Promise.all([ensure(named('t-race')), ensure(named('t-race')), ensure(named('t-race'))])
  })

  it.each([
    ['partitions', { partitions: 5 }, '5', '3'],
    ['cleanup.policy', { config: { ...spec.config, 'cleanup.policy': 'compact' } }, 'compact', 'delete'],
    ['retention.ms', { config: { ...spec.config, 'retention.ms': '999999999' } }, 'at least 999999999', '3600000'],
    ['max.message.bytes', { config: { ...spec.config, 'max.message.bytes': '99999999' } }, 'at least 99999999', '3145728'],
  ])('names the topic, the setting, what is wanted and what was found: %s', async (setting, over, wanted, found) => {
    const topic = `t-${setting}`
    await ensure(named(topic))
    await expect(ensure({ ...named(topic), ...over })).rejects.toMatchObject({
      code: 'KAFKA_TOPIC_MISMATCH',
      topic,
      setting,
      wanted,
      found,
    })
  })

  it('is content with a topic that keeps more and longer', async () => {
    const config = [
      { name: 'compression.type', value: 'gzip' },
      { name: 'retention.ms', value: '-1' },
      { name: 'max.message.bytes', value: '9000000' },
    ]
    await asAdmin(broker.brokers, (admin) => admin.createTopics({ topics: [{ topic: 't-more', numPartitions: 3, configEntries: config }] }))
    expect(await ensure(named('t-more'))).toEqual([])
  })

  it('says which setting asks for more copies than there are brokers', async () => {
    await expect(ensure({ ...named('t-copies'), replication: 3 })).rejects.toThrow(/t-copies.*HOPTRACE_TOPIC_REPLICATION/)
  })

  it('lets consumers read what others packed in a way that these cannot unpack', async () => {
    await ensure(named('t-packed'))
    await publishSnappy(broker, 't-packed', 'x'.repeat(200))
    const values: string[] = []
    const { consumer } = await aConsumer(
      broker.brokers,
      't-packed',
      async (slice) => void values.push(...slice.map(({ value }) => `${value}`)),
    )
    await until(() => values.length === 1)
    await consumer.stop()
    expect(values).toEqual(['x'.repeat(200)])
  })
})

async function publishSnappy(broker: KafkaBroker, topic: string, value: string): Promise<void> {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress: async ({ buffer }: { buffer: Buffer }) => snappyOf(buffer) })
  const producer = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  await producer.send({ topic, compression: CompressionTypes.Snappy, messages: [{ value }] })
  await producer.disconnect()
}

/** The form of Snappy (https://github.com/google/snappy/blob/main/format_description.txt) with literals alone. */
function snappyOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7])]
  for (let at = 0; at < bytes.length; at += 60) {
    const literal = bytes.subarray(at, at + 60)
    parts.push(Buffer.from([(literal.length - 1) << 2]), literal)
  }
  return Buffer.concat(parts)
}
