import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ensureTopics,
  KafkaBatchStrategy,
  type KafkaNotice,
  KafkaPublisher,
  type KafkaSettings,
  type RawMessage,
  topicSpecs,
} from '@hoptrace/bus'
import { DeadLetterHeaders, EventChain, MAX_EVENT_BYTES, type SessionEnvelope, topics, uuidv7 } from '@hoptrace/events'
import { DeadLetters, openStore, SessionEvents, type Store, type VerifiedSession, verifySessions } from '@hoptrace/store'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { KafkaIngest } from './kafka-ingest.ts'
import { anEnvelope, aSession, moment } from './recorded.test-support.ts'

const missing = kafkaMissing()
if (missing && process.env.CI === 'true') throw new Error(`These tests need a broker: ${missing}`)

const PATIENCE_MS = 60_000
const path = mkdtempSync(join(tmpdir(), 'hoptrace-kafka-ingest-'))
const newEnvelope = (over: Partial<SessionEnvelope> = {}) => anEnvelope({ sessionId: uuidv7(Date.now(), randomBytes(10)), ...over })

let broker: KafkaBroker
let settings: KafkaSettings
let publisher: KafkaPublisher
let store: Store
let running: KafkaIngest | null = null
const notices: KafkaNotice[] = []

beforeAll(async () => {
  if (missing) return
  broker = await startKafka()
  settings = { clientId: 'test', brokers: broker.brokers, topicPartitions: 3, topicReplication: 1, topicRetentionMs: 3_600_000 }
  await ensureTopics(settings, topicSpecs(settings))
  publisher = await KafkaPublisher.connect(settings)
  store = await openStore({ kind: 'embedded', path })
  await store.migrate()
})
afterEach(async () => {
  await running?.close()
  running = null
  notices.length = 0
})
afterAll(async () => {
  await publisher?.close()
  await store?.close()
  await broker?.stop()
  rmSync(path, { recursive: true, force: true })
})

/** Consumes as a group of its own: from the beginning, as after a redelivery of everything. */
async function ingestAs(groupId: string, over: Store = store): Promise<KafkaIngest> {
  const onNotice = (notice: KafkaNotice) => void notices.push(notice)
  running = await KafkaIngest.start({ store: over, tenant: 'default', now: Date.now, settings, groupId, onNotice })
  return running
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) if (await look()) return
  throw new Error('It did not come true in time')
}

async function verified({ sessionId: session }: SessionEnvelope): Promise<VerifiedSession | undefined> {
  for await (const found of verifySessions(store, { tenant: 'default', session })) return found
  return undefined
}
const isComplete = async (envelope: SessionEnvelope) => (await verified(envelope))?.report.completeness === 'complete'

/** How often the store was told an event, merged or not. */
async function deliveries({ sessionId: session }: SessionEnvelope): Promise<number> {
  const sql = 'SELECT count() AS n FROM session_events WHERE session_id = {session:UUID}'
  const rows = await store.query({ name: 'test.count', sql, params: { session }, row: z.object({ n: z.coerce.number() }) })
  return rows[0]?.n ?? 0
}

/** A store whose next insert of events is carried out, and then fails: as when a process dies between insert and commit. */
function forgetfulOnce(): Store {
  let isForgotten = false
  const insert: Store['insert'] = async (table, rows, options) => {
    await store.insert(table, rows, options)
    if (table !== 'session_events' || isForgotten) return
    isForgotten = true
    throw new Error('the answer was lost')
  }
  return Object.assign(Object.create(store) as Store, { insert })
}

async function lettersOnTopic(count: number): Promise<RawMessage[]> {
  const found: RawMessage[] = []
  const strategy = new KafkaBatchStrategy({ settings, groupId: `letters-${randomBytes(4).toString('hex')}` })
  strategy.addHandler(topics.deadLetters, async (batch: RawMessage[]) => void found.push(...batch), true)
  await strategy.listen(() => undefined)
  await eventually(async () => found.length >= count)
  await strategy.close()
  return found
}

describe.skipIf(missing !== null)('ingest on Kafka', () => {
  it('carries what was published into the store, each session whole', async () => {
    const envelopes = Array.from({ length: 10 }, () => newEnvelope())
    await publisher.publish(envelopes.flatMap((envelope) => aSession(envelope, 30)))
    await ingestAs('carries')
    for (const envelope of envelopes) await eventually(() => isComplete(envelope))
    expect(running?.ingest.counts.events).toBeGreaterThanOrEqual(320)
  })

  it('goes on where it stopped', async () => {
    const [before, after] = [newEnvelope(), newEnvelope()]
    await ingestAs('stops')
    await publisher.publish(aSession(before))
    await eventually(() => isComplete(before))
    await running?.close()
    await publisher.publish(aSession(after))
    await ingestAs('stops')
    await eventually(() => isComplete(after))
    expect(await deliveries(before)).toBe(4)
  })

  it('stores once in effect what is delivered again, in another order, by another member', async () => {
    const envelope = newEnvelope()
    const events = aSession(envelope, 20)
    await publisher.publish([...events, ...events].reverse())
    await ingestAs('again-1')
    await eventually(() => isComplete(envelope))
    await running?.close()
    await ingestAs('again-2')
    await eventually(async () => (await deliveries(envelope)) > 2 * events.length || (running?.ingest.counts.events ?? 0) > 0)
    expect(await verified(envelope)).toMatchObject({ report: { completeness: 'complete', events: 22 }, hashMismatches: [] })
    expect(await new SessionEvents(store).findBySession('default', envelope.sessionId)).toHaveLength(22)
  })

  it('loses nothing between the insert and the commit', async () => {
    const envelope = newEnvelope()
    await publisher.publish(aSession(envelope, 50))
    await ingestAs('forgetful', forgetfulOnce())
    await eventually(async () => notices.some(({ kind }) => kind === 'retry') && (await isComplete(envelope)))
    await running?.close()
    expect(await verified(envelope)).toMatchObject({ report: { completeness: 'complete', events: 52 } })
  })

  it('keeps two contents under one seq, and says so', async () => {
    const envelope = newEnvelope()
    const forged = new EventChain(envelope).next('session.started', { client: 'forged', database: null, tls: true }, moment(0))
    await publisher.publish([...aSession(envelope), forged])
    await ingestAs('conflict')
    await eventually(async () => (await new SessionEvents(store).find('default', envelope.sessionId, 0)).length === 2)
    expect(await verified(envelope)).toMatchObject({ report: { completeness: 'conflict', conflicts: [0] } })
  })

  it('puts poison whole into the topic and the table of dead letters, and goes on behind it', async () => {
    const envelope = newEnvelope()
    const events = aSession(envelope)
    const key = envelope.sessionId
    const forged = Buffer.from(String(aSession(newEnvelope())[1]).replace('SELECT 0', 'SELECT 1'))
    const poison = [
      Buffer.from('\n\nDROP TABLE session_events\u0000\xff', 'latin1'),
      Buffer.from('{"v":1}'),
      forged,
      Buffer.from(`${'['.repeat(90_000)}`),
    ]
    const messages = [events[0], ...poison, ...events.slice(1)].map((value) => ({ key, value: value ?? null }))
    await publisher.send(topics.events, messages)
    await ingestAs('poison')
    await eventually(() => isComplete(envelope))
    const letters = new DeadLetters(store)
    await eventually(async () => (await letters.count('default')) >= poison.length)
    const kept = await letters.list('default')
    expect(kept.map(({ reason, size }) => `${reason} ${size}`)).toEqual(
      expect.arrayContaining([`not-json ${poison[0]?.length}`, 'not-an-event 7', `hash-mismatch ${forged.length}`, 'not-json 90000']),
    )
    const onTopic = await lettersOnTopic(poison.length)
    for (const value of poison) {
      const letter = onTopic.find((found) => found.value.equals(value))
      expect(DeadLetterHeaders.parse(letter?.headers)).toMatchObject({ hoptrace_topic: topics.events, hoptrace_key: key })
    }
    await eventually(async () => running?.strategy.lag.every(({ lag }) => lag === 0) === true)
  })

  it('keeps an oversized event whole, be it refused on the way in or on the way out', async () => {
    const [tooLarge, hugeEvent] = [Buffer.alloc(MAX_EVENT_BYTES + 1, 'x'), Buffer.alloc(2 * 1024 * 1024, 'y')]
    await publisher.publish([tooLarge, hugeEvent])
    await ingestAs('oversized')
    const letters = new DeadLetters(store)
    await eventually(async () => (await letters.list('default')).some(({ size }) => size === hugeEvent.length))
    await eventually(async () => (await letters.list('default')).some(({ size }) => size === tooLarge.length))
    const reasons = (await letters.list('default')).filter(({ size }) => size > MAX_EVENT_BYTES).map(({ reason }) => reason)
    expect(reasons.sort()).toEqual(['oversized', 'too-large'])
  })
})
