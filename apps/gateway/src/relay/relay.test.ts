import { randomUUID } from 'node:crypto'
import { mkdtempSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CursorFile, KafkaPublisher, SEGMENT_HEADER_BYTES, segmentOfFileName } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { aWho, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'
import type { Recordings } from '../recording/recordings.ts'
import type { BusPublisher } from './bus-publisher.ts'
import { makeTopics, readTopic, settingsOf, until } from './kafka.test-support.ts'
import { LazyPublisher } from './lazy-publisher.ts'
import { Relay, type RelayOptions } from './relay.ts'
import type { RelayNotice } from './spool-relay.ts'

type Published = { key: string; value: string }

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('the relay', () => {
  let broker: KafkaBroker
  const open: { stop(): Promise<void> }[] = []

  beforeAll(async () => {
    broker = await startKafka({ own: true })
    await makeTopics(broker)
  })
  afterAll(() => broker.stop())
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop()
  })

  /** A spool that keeps what was relayed, so that both can be compared, and everything of it that is on the bus. */
  async function aSpool() {
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-relay-'))
    await new CursorFile(dir, 'witness').save({ segment: 0, offset: SEGMENT_HEADER_BYTES })
    const bootId = randomUUID()
    const recordings = openRecordings(dir, {}, bootId)
    const recorded = () => eventsIn(dir).map((event) => `${event.sessionId}/${event.seq}/${event.hash}`)
    const published = async (): Promise<Published[]> => {
      const records = await readTopic(broker, topics.events)
      return records.map(({ key, value }) => ({ key, value: String(value) })).filter(({ value }) => JSON.parse(value).bootId === bootId)
    }
    return { dir, recordings, recorded, published }
  }

  const idsOf = (all: readonly Published[]) => all.map(({ value }) => JSON.parse(value)).map((e) => `${e.sessionId}/${e.seq}/${e.hash}`)

  function publisherOf(): BusPublisher {
    const publisher = new LazyPublisher(() => KafkaPublisher.connect(settingsOf(broker)))
    open.push({ stop: () => publisher.close() })
    return publisher
  }

  const publishing: RelayOptions['publishing'] = (_, publish) => publish({})

  function aRelay(directory: string, over: Partial<RelayOptions> = {}) {
    const notices: RelayNotice[] = []
    const onNotice = (notice: RelayNotice) => notices.push(notice)
    const options = {
      directory,
      source: 'spool of gw-test',
      publisher: publisherOf(),
      nowMs: () => Date.now(),
      onNotice,
      onPublished() {},
      publishing,
    }
    const relay = new Relay({ ...options, lingerMs: 1, ...over })
    relay.start()
    return { relay, notices }
  }

  function record(recordings: Recordings, sessions: number, each: number): void {
    const started = Array.from({ length: sessions }, () => recordings.start(aWho, 'default'))
    for (let n = 0; n < each; n++) for (const session of started) session.append('terminal.resize', { channel: 0, cols: n + 1, rows: 24 })
    for (const session of started) session.end('client')
  }

  it('publishes what was recorded, keyed by session and in the order of each', async () => {
    const { dir, recordings, recorded, published } = await aSpool()
    const { relay } = aRelay(dir, { batchMessages: 7 })
    record(recordings, 5, 20)
    await recordings.close()
    await relay.stop(30_000)
    const found = await published()
    expect(idsOf(found).sort()).toEqual(recorded().sort())
    const seqs = new Map<string, number[]>()
    for (const { key, value } of found) seqs.set(key, [...(seqs.get(key) ?? []), JSON.parse(value).seq])
    for (const of of seqs.values()) expect(of).toEqual(of.map((_, n) => n))
    expect(relay.state).toEqual({ published: found.length, oldestWaitingMs: null, lastErrorCode: null })
    expect(await relay.depth()).toBe(0)
  })

  it('says since when what is left has waited, between batches too', async () => {
    const { dir, recordings } = await aSpool()
    record(recordings, 1, 30)
    await recordings.close()
    const waiting: (number | null)[] = []
    const onPublished = () => waiting.push(relay.state.oldestWaitingMs)
    const { relay } = aRelay(dir, { batchMessages: 10, onPublished })
    await relay.stop(30_000)
    expect(waiting.length).toBeGreaterThan(2)
    expect(waiting.slice(0, -1)).not.toContain(null)
    expect(waiting.at(-1)).toBeNull()
  })

  it('publishes again, byte for byte, what a death between the acknowledgement and the cursor left unsaid', async () => {
    const { dir, recordings, recorded, published } = await aSpool()
    record(recordings, 3, 30)
    await recordings.close()
    const publisher = publisherOf()
    let acknowledged = 0
    const dies: BusPublisher = {
      publish: async (events, headers) => {
        await publisher.publish(events, headers)
        acknowledged += 1
        throw new Error('killed before the cursor was saved')
      },
      send: (topic, messages) => publisher.send(topic, messages),
      close: () => publisher.close(),
    }
    const first = aRelay(dir, { publisher: dies, batchMessages: 20 })
    await until(() => acknowledged > 0)
    await first.relay.stop(0)
    const second = aRelay(dir, { batchMessages: 33 })
    await second.relay.stop(30_000)
    const found = await published()
    expect(found.length).toBeGreaterThan(recorded().length)
    expect([...new Set(idsOf(found))].sort()).toEqual(recorded().sort())
    expect(new Set(found.map(({ value }) => value)).size).toBe(recorded().length)
  })

  it('leaves events in the spool while the broker is away, says why, and loses none when it is back', async () => {
    const { dir, recordings, recorded, published } = await aSpool()
    const { relay, notices } = aRelay(dir)
    record(recordings, 2, 10)
    await until(() => relay.state.published > 20)
    await broker.kill()
    record(recordings, 2, 10)
    await until(() => notices.some(({ kind }) => kind === 'retry'))
    expect(relay.state.lastErrorCode).toMatch(/./)
    expect(relay.state.oldestWaitingMs).toBeLessThanOrEqual(Date.now())
    expect(await relay.depth()).toBeGreaterThan(0)
    await broker.start()
    record(recordings, 2, 10)
    await recordings.close()
    await relay.stop(60_000)
    expect(await relay.depth()).toBe(0)
    expect([...new Set(idsOf(await published()))].sort()).toEqual(recorded().sort())
  })

  it('sends what the disk has damaged whole to the dead letters, and goes on behind it', async () => {
    const { dir, recordings, recorded, published } = await aSpool()
    record(recordings, 1, 10)
    await recordings.close()
    const whole = recorded()
    const file = readdirSync(dir).find((name) => segmentOfFileName(name) !== null) ?? ''
    const victim = eventsIn(dir)[4]
    const place = readFileSync(join(dir, file)).indexOf(String(victim?.hash))
    writeSync(openSync(join(dir, file), 'r+'), 'x', place)
    const { relay, notices } = aRelay(dir)
    await relay.stop(30_000)
    expect(notices.filter(({ kind }) => kind !== 'shared')).toMatchObject([{ kind: 'damage', records: 1 }])
    expect(idsOf(await published()).sort()).toEqual(whole.filter((_, n) => n !== 4).sort())
    const [letter] = await readTopic(broker, topics.deadLetters)
    expect(String(letter?.value)).toContain(`"sessionId":"${victim?.sessionId}","target"`)
  })

  it('is not held up at its end by a broker that does not answer', async () => {
    const { dir, recordings } = await aSpool()
    const { relay } = aRelay(dir)
    record(recordings, 1, 3)
    await until(() => relay.state.published > 3)
    broker.pause()
    try {
      record(recordings, 1, 3)
      await recordings.close()
      await relay.stop(100)
      expect(await relay.depth()).toBeGreaterThan(0)
    } finally {
      broker.resume()
    }
  })
})
