import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { aConsumer, asAdmin, aTopic, committedOf, type StartedConsumer, settingsOf, until } from './kafka.test-support.ts'
import type { KafkaBatchOptions, SliceHandler } from './kafka-batch-consumer.ts'
import { KafkaPublisher } from './kafka-publisher.ts'
import type { KafkaNotice } from './notices.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('KafkaBatchConsumer', () => {
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

  const started: StartedConsumer[] = []
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ consumer }) => consumer.stop()))
  })
  async function consume(topic: string, handle: SliceHandler, over: Partial<KafkaBatchOptions> = {}): Promise<StartedConsumer> {
    const one = await aConsumer(broker.brokers, topic, handle, over)
    started.push(one)
    return one
  }
  /** Publishes `count` numbers under each key, counting on from `from`. */
  async function publish(topic: string, count: number, { keys = ['k'], from = 0 } = {}): Promise<void> {
    const messages = Array.from({ length: count }, (_, i) => keys.map((key) => ({ key, value: `${key}:${from + i}` }))).flat()
    await publisher.send(topic, messages)
  }
  const oneTopic = () => aTopic(broker.brokers, { partitions: 1 })
  const committed = (topic: string) => committedOf(broker.brokers, `group-${topic}`, topic)

  it('hands over slices within their bounds, in order, with their coordinates', async () => {
    const topic = await oneTopic()
    await publish(topic, 25)
    const slices: string[][] = []
    await consume(topic, async (slice) => void slices.push(slice.map(({ value, at }) => `${at.offset} ${value}`)), { sliceMessages: 10 })
    await until(() => slices.flat().length === 25)
    expect(slices.flat()).toEqual(Array.from({ length: 25 }, (_, i) => `${i} k:${i}`))
    expect(Math.max(...slices.map(({ length }) => length))).toBe(10)
  })

  it('commits a slice when its handler has resolved, and not before', async () => {
    const topic = await oneTopic()
    await publish(topic, 3)
    const { stored, handle } = heldBack()
    await consume(topic, handle)
    await until(() => handle.calls === 1)
    expect(await committed(topic)).toEqual([-1])
    stored()
    await until(async () => (await committed(topic))[0] === 3)
  })

  it('delivers the same slice again after a failure, and nothing behind it before', async () => {
    const topic = await oneTopic()
    await publish(topic, 6)
    const seen: string[] = []
    let failures = 3
    const { notices } = await consume(
      topic,
      async (slice) => {
        seen.push(slice.map(({ at }) => at.offset).join(','))
        if (failures-- > 0) throw new Error('the store is away')
      },
      { sliceMessages: 2 },
    )
    await until(async () => (await committed(topic))[0] === 6)
    expect(seen).toEqual(['0,1', '0,1', '0,1', '0,1', '2,3', '4,5'])
    const retries = notices.filter(({ kind }) => kind === 'retry')
    expect(retries.map((notice) => notice.kind === 'retry' && [notice.attempt, notice.at.first, notice.at.last])).toEqual([
      [1, 0, 1],
      [2, 0, 1],
      [3, 0, 1],
    ])
  })

  it('lets other partitions go on while one fails', async () => {
    const topic = await aTopic(broker.brokers, { partitions: 2 })
    await publisher.send(
      topic,
      Array.from({ length: 40 }, (_, i) => ({ key: `${i}`, value: `${i}` })),
    )
    const stored = new Set<number>()
    const { notices } = await consume(topic, async (slice, { partition }) => {
      if (partition === 0) throw new Error('refused')
      stored.add(partition)
      expect(slice.length).toBeGreaterThan(0)
    })
    await until(() => stored.has(1) && notices.filter(({ kind }) => kind === 'retry').length > 2)
    const [first, second] = await committed(topic)
    expect(first).toBe(-1)
    expect(second).toBeGreaterThan(0)
  })

  it('delivers again what a consumer had in hand when it was stopped before it was stored', async () => {
    const topic = await oneTopic()
    await publish(topic, 3)
    const { handle } = heldBack()
    const { consumer, notices } = await consume(topic, handle, { drainMs: 50 })
    await until(() => handle.calls === 1)
    await consumer.stop()
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'abandoned' }))
    const seen: string[] = []
    await consume(topic, async (slice) => void seen.push(...slice.map(({ value }) => value.toString())))
    await until(() => seen.length === 3)
  })

  it('lets a handler finish when it is closed, and commits that', async () => {
    const topic = await oneTopic()
    await publish(topic, 3)
    const { stored, handle } = heldBack()
    const { consumer } = await consume(topic, handle)
    await until(() => handle.calls === 1)
    const stopped = consumer.stop()
    stored()
    await stopped
    expect(await committed(topic)).toEqual([3])
  })

  it('keeps its place in the group during a handler that takes longer than the session time-out', async () => {
    const topic = await oneTopic()
    await publish(topic, 1)
    const { stored, handle } = heldBack()
    const { notices } = await consume(topic, handle, { sessionTimeoutMs: 6_000 })
    await until(() => handle.calls === 1)
    const beganAt = performance.now()
    await until(() => performance.now() - beganAt > 7_000)
    stored()
    await until(async () => (await committed(topic))[0] === 1)
    expect(notices.filter(({ kind }) => kind === 'assigned')).toHaveLength(1)
  })

  it('loses nothing and keeps the order of each key while consumers come and go under load', async () => {
    const topic = await aTopic(broker.brokers, { partitions: 4 })
    const keys = Array.from({ length: 12 }, (_, i) => `s${i}`)
    const seen = new Map<string, number[]>(keys.map((key) => [key, []]))
    const handle: SliceHandler = async (slice, { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (signal.aborted) throw new Error('abandoned')
      for (const { value } of slice) {
        const [key = '', number] = value.toString().split(':')
        seen.get(key)?.push(Number(number))
      }
    }
    const first = await consume(topic, handle, { sliceMessages: 20 })
    const load = (async () => {
      for (let from = 0; from < 1000; from += 50) await publish(topic, 50, { keys, from })
    })()
    await until(() => seen.get('s0')?.length !== 0)
    const second = await consume(topic, handle, { sliceMessages: 20 })
    await until(() => sharesOf(second.notices) > 0)
    await first.consumer.stop()
    await load
    await until(() => [...seen.values()].every((numbers) => new Set(numbers).size === 1000))
    for (const numbers of seen.values()) expect(firsts(numbers)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('goes on where it was after the broker was killed and started again', async () => {
    const topic = await oneTopic()
    await publish(topic, 10)
    const seen: string[] = []
    const { consumer } = await consume(topic, async (slice) => void seen.push(...slice.map(({ value }) => value.toString())))
    await until(() => seen.length === 10)
    await broker.kill()
    await broker.start()
    await publish(topic, 10, { from: 10 })
    await until(() => new Set(seen).size === 20)
    expect(consumer.state).toBe('running')
    await until(async () => (await committed(topic))[0] === 20)
  })

  it('says how far behind it is', async () => {
    const topic = await oneTopic()
    await publish(topic, 10)
    const { stored, handle } = heldBack()
    const { consumer } = await consume(topic, handle, { sliceMessages: 4 })
    await until(() => consumer.lag[0]?.lag === 10)
    stored()
    await until(() => consumer.lag[0]?.lag === 0)
    expect(consumer.lag).toEqual([{ topic, partition: 0, committed: 10, highWatermark: 10, lag: 0 }])
  })

  it('says what the broker deleted before it was read', async () => {
    const topic = await oneTopic()
    await publish(topic, 4)
    const first = await consume(topic, async () => undefined)
    await until(async () => (await committed(topic))[0] === 4)
    await first.consumer.stop()
    await publish(topic, 6, { from: 4 })
    await deleteBefore(broker, topic, 7)
    const { notices } = await consume(topic, async () => undefined)
    await until(async () => (await committed(topic))[0] === 10)
    expect(notices).toContainEqual({ kind: 'missed', topic, partition: 0 })
  })
})

function sharesOf(notices: readonly KafkaNotice[]): number {
  const last = notices.filter((notice) => notice.kind === 'assigned').at(-1)
  return last ? Object.values(last.partitions).flat().length : 0
}

/** Numbers in the order in which they came for the first time. */
function firsts(numbers: readonly number[]): number[] {
  return [...new Set(numbers)]
}

/** A handler whose slices are stored when the test says so. */
function heldBack(): { stored: () => void; handle: SliceHandler & { calls: number } } {
  let stored: () => void = () => undefined
  const storing = new Promise<void>((resolve) => {
    stored = resolve
  })
  const handle = Object.assign(
    async (_: unknown, { signal }: { signal: AbortSignal }): Promise<void> => {
      handle.calls += 1
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('abandoned'))))
      await Promise.race([storing, aborted])
    },
    { calls: 0 },
  )
  return { stored, handle }
}

async function deleteBefore(broker: KafkaBroker, topic: string, offset: number): Promise<void> {
  await asAdmin(broker.brokers, async (admin) => {
    // The client knows a topic's leaders only once it has asked for something of the topic.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  })
}
