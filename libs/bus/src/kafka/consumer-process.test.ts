import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ConsumerProcess, startConsumerProcess } from './consumer-process.test-support.ts'
import { aConsumer, aTopic, committedOf, type StartedConsumer, settingsOf, until } from './kafka.test-support.ts'
import { KafkaPublisher } from './kafka-publisher.ts'

// The least that brokers allow.
const SESSION_TIMEOUT_MS = 6_000

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('a consumer that dies or is held in the middle of a batch', () => {
  let broker: KafkaBroker
  let topic: string
  let other: ConsumerProcess
  let here: StartedConsumer
  let seen: string[]
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker?.stop())

  // Another process has ten messages in hand that it has not stored.
  beforeEach(async () => {
    seen = []
    topic = await aTopic(broker.brokers, { partitions: 1 })
    await publish(0, 10)
    other = startConsumerProcess({
      settings: settingsOf(broker.brokers),
      groupId: `group-${topic}`,
      topic,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
    })
    await other.saying('handling 0-9')
  })
  afterEach(async () => {
    other.signal('SIGKILL')
    await other.ended
    await here.consumer.stop()
  })

  async function publish(from: number, count: number): Promise<void> {
    const publisher = await KafkaPublisher.connect(settingsOf(broker.brokers))
    await publisher.send(
      topic,
      Array.from({ length: count }, (_, i) => ({ key: 'k', value: `${from + i}` })),
    )
    await publisher.close()
  }
  async function consumeHere(): Promise<void> {
    here = await aConsumer(broker.brokers, topic, async (slice) => void seen.push(...slice.map(({ value }) => value.toString())))
  }
  const committed = async () => (await committedOf(broker.brokers, `group-${topic}`, topic))[0]
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

  it('leaves what it had not stored to another one, when it was killed', async () => {
    other.signal('SIGKILL')
    await other.ended
    await consumeHere()
    await until(() => seen.length === 10)
    expect(seen).toEqual(numbers(10))
  })

  it('commits nothing stale, when it was held for longer than its session and then went on', async () => {
    other.signal('SIGSTOP')
    await consumeHere()
    await until(async () => (await committed()) === 10)
    await publish(10, 5)
    await until(async () => (await committed()) === 15)
    other.store()
    other.signal('SIGCONT')
    // It stores what it had in hand, may not commit that, and joins the group again.
    await other.saying('stored')
    await other.saying('assigned', 2)
    expect(await committed()).toBe(15)
    expect(seen).toEqual(numbers(15))
    expect(other.said.filter((line) => line.startsWith('handling'))).toEqual(['handling 0-9'])
  })
})
