import 'reflect-metadata'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeMark, encodeRecord, encodeSegmentHeader, type RawMessage, SpoolTail, segmentFileName } from '@hoptrace/bus'
import { digestValue, EventChain, Sealer } from '@hoptrace/events'
import {
  DeadLetters,
  Denials,
  Heartbeats,
  Observables,
  openStore,
  SessionEvents,
  Sessions,
  type Store,
  type VerifiedSession,
  verifySessions,
} from '@hoptrace/store'
import { NestFactory } from '@nestjs/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asPublisher, BATCH_CONSUMER, type DeadLetter, Ingest, ingestModule, type Stored } from './index.ts'
import { anEnvelope, aSession, boot, moment, newId, START_MS } from './recorded.test-support.ts'

const path = mkdtempSync(join(tmpdir(), 'hoptrace-ingest-'))
const asBatch = (values: readonly Buffer[]): RawMessage[] =>
  values.map((value, offset) => ({ value, at: { source: 'test', partition: '0', offset } }))

let store: Store
let ingest: Ingest
beforeAll(async () => {
  store = await openStore({ kind: 'embedded', path: join(path, 'store') })
  await store.migrate()
  ingest = new Ingest(store, { tenant: 'default', now: () => START_MS })
})
afterAll(async () => {
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

/** The stream of a gateway's boot. */
function aBootStream(bootId: string): EventChain {
  const nobody = { principal: null, rootPrincipal: null, origin: null, target: null }
  return new EventChain(anEnvelope({ ...nobody, sessionId: bootId, bootId }))
}

/** What somebody with the store in hand can do. */
async function change(sql: string, session: string): Promise<void> {
  await store.query({ name: 'test.change', sql: `${sql} SETTINGS mutations_sync = 1`, params: { session }, row: z.unknown() })
}

async function verified(session: string): Promise<VerifiedSession | undefined> {
  for await (const found of verifySessions(store, { tenant: 'default', session })) return found
  return undefined
}

describe('Ingest', () => {
  it('stores a session that reads back byte for byte, adds up, and verifies', async () => {
    const envelope = anEnvelope()
    const events = aSession(envelope)
    await ingest.onBatch(asBatch(events))
    const rows = await new SessionEvents(store).findBySession('default', envelope.sessionId)
    expect(rows.map((row) => `${row.content.slice(0, -1)},"hash":"${row.hash}"}`)).toEqual(events.map(String))
    expect(await new Sessions(store).find('default', envelope.sessionId)).toMatchObject({
      principal: 'agent',
      rootPrincipal: 'ana',
      targetName: 'orders',
      client: 'psql',
      database: 'shop',
      firstTs: String(START_MS * 1000),
      endReason: 'client',
      events: 4,
      commands: 2,
      failures: 0,
      completeness: 'complete',
    })
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'complete', events: 4 }, hashMismatches: [] })
  })

  it('stores content byte for byte, whatever marks stand in it', async () => {
    const envelope = anEnvelope()
    const text = 'q"\\ \u0001 }{ ][ \u2028 é \\" \n\n{"a":1}\n\nDROP TABLE session_events; \u{1f600} \t \u007f'
    const body = { client: text, database: '"}', tls: true, '}{"]': { '': [null, true, 1e21, -1.5, '\\'] } }
    const events = [new EventChain(envelope).next('session.started', body as never, moment(0))]
    await ingest.onBatch(asBatch(events))
    const rows = await new SessionEvents(store).findBySession('default', envelope.sessionId)
    expect(rows.map((row) => `${row.content.slice(0, -1)},"hash":"${row.hash}"}`)).toEqual(events.map(String))
  })

  it('changes nothing when a batch comes again', async () => {
    const envelope = anEnvelope()
    const events = aSession(envelope)
    await ingest.onBatch(asBatch(events))
    const before = await new Sessions(store).find('default', envelope.sessionId)
    await ingest.onBatch(asBatch([...events, ...events]))
    expect(await new Sessions(store).find('default', envelope.sessionId)).toEqual(before)
    expect(await new SessionEvents(store).findBySession('default', envelope.sessionId)).toHaveLength(events.length)
  })

  it('finds where a value was seen', async () => {
    const envelope = anEnvelope({ tenant: 'other' })
    await ingest.onBatch(asBatch(aSession(envelope)))
    const seen = await new Observables(store).findByDigests('other', ['ab'.repeat(16), 'cd'.repeat(16)])
    expect(seen.map(({ sessionId, seq, value, at }) => ({ sessionId, seq, value, at }))).toEqual(
      [1, 2].map((seq) => ({ sessionId: envelope.sessionId, seq, value: 'bastion.internal', at: '/text' })),
    )
  })

  it('keeps what it cannot understand whole, once, beside the good events of its batch', async () => {
    const envelope = anEnvelope()
    const letters = new DeadLetters(store)
    const poison = Buffer.from('\n\nDROP TABLE session_events\u0000\xff', 'latin1')
    const batch = asBatch([poison, ...aSession(envelope), poison])
    await ingest.onBatch(batch)
    await ingest.onBatch(batch)
    expect(await letters.count('default')).toBe(1)
    const [letter] = await letters.list('default')
    expect(letter).toMatchObject({ reason: 'not-json', source: 'test', size: poison.length, firstSeenMs: START_MS })
    const whole = await letters.find('default', letter?.id ?? '')
    expect(Buffer.from(whole?.receivedBase64 ?? '', 'base64')).toEqual(poison)
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'complete' } })
  })

  it('shows two contents under one seq as a conflict', async () => {
    const envelope = anEnvelope()
    await ingest.onBatch(asBatch(aSession(envelope)))
    const forged = new EventChain(envelope).next('session.started', { client: 'forged', database: null, tls: true }, moment(0))
    await ingest.onBatch(asBatch([forged]))
    expect(await new Sessions(store).find('default', envelope.sessionId)).toMatchObject({ completeness: 'conflict' })
    expect(await new SessionEvents(store).find('default', envelope.sessionId, 0)).toHaveLength(2)
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'conflict', conflicts: [0] } })
  })

  it('shows a missing event as a gap', async () => {
    const envelope = anEnvelope()
    const events = aSession(envelope, 5)
    await ingest.onBatch(asBatch(events.filter((_, seq) => seq !== 2)))
    expect(await new Sessions(store).find('default', envelope.sessionId)).toMatchObject({ completeness: 'gap' })
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'gap', missing: [[2, 2]] } })
  })

  it('shows content that was changed in the store', async () => {
    const envelope = anEnvelope()
    await ingest.onBatch(asBatch(aSession(envelope, 1)))
    const { rowWith } = await tampered(envelope.sessionId)
    await store.insert('session_events', [rowWith])
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'conflict' }, hashMismatches: [1] })
  })

  it.each([
    ['whose it was', "principal = 'somebody else'"],
    ['on whose behalf', "root_principal = 'somebody else'"],
    ['which target', "target_name = 'another'"],
    ['from where', "origin_address = '10.9.9.9'"],
    ['when', 'ts = ts + 1'],
    ['after what', "prev_hash = repeat('0', 64)"],
  ])('shows that a column was changed which says %s', async (_, column) => {
    const envelope = anEnvelope()
    await ingest.onBatch(asBatch(aSession(envelope)))
    await change(`ALTER TABLE session_events UPDATE ${column} WHERE session_id = {session:UUID} AND seq = 2`, envelope.sessionId)
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'conflict' }, hashMismatches: [2] })
  })

  it('shows a lost tail, and a session lost whole, by the gateway’s heartbeat', async () => {
    const [cut, lost] = [anEnvelope(), anEnvelope()]
    await ingest.onBatch(asBatch(aSession(cut).slice(0, 2)))
    const stream = new EventChain(anEnvelope({ sessionId: boot, principal: null, rootPrincipal: null, origin: null, target: null }))
    const open: [string, number][] = [
      [cut.sessionId, 3],
      [lost.sessionId, 8],
    ]
    await ingest.onBatch(asBatch([stream.next('gateway.heartbeat', { open }, moment(5))]))
    expect(await verified(cut.sessionId)).toMatchObject({ expectedLastSeq: 3, report: { completeness: 'gap', missing: [[2, 3]] } })
    expect(await verified(lost.sessionId)).toMatchObject({ report: { completeness: 'gap', events: 0, missing: [[0, 8]] } })
    expect(await verified(boot)).toMatchObject({ expectedLastSeq: 0, report: { completeness: 'unfinished', events: 1 } })
    expect(await new Heartbeats(store).gateways('default')).toMatchObject([{ gatewayId: 'gw-1', bootId: boot, lastSeq: 0 }])
  })

  it('shows a lost tail by what heartbeats say themselves, whatever became of what was derived from them', async () => {
    const [cut, own] = [anEnvelope(), newId()]
    await ingest.onBatch(asBatch(aSession(cut).slice(0, 2)))
    await ingest.onBatch(asBatch([aBootStream(own).next('gateway.heartbeat', { open: [[cut.sessionId, 3]] }, moment(5))]))
    await change('ALTER TABLE heartbeats DELETE WHERE session_id = {session:UUID}', cut.sessionId)
    expect(await verified(cut.sessionId)).toMatchObject({ expectedLastSeq: 3, report: { missing: [[2, 3]] } })
    expect(await new Heartbeats(store).expectedLastSeq('default', cut.sessionId)).toBe(3)
  })

  it('shows a session that was made anew, hashes and all, by the hash that a heartbeat named', async () => {
    const [forged, own] = [anEnvelope(), newId()]
    const heads = [String(JSON.parse(String(aSession(forged)[3])).hash).slice(0, 32)]
    await ingest.onBatch(asBatch([aBootStream(own).next('gateway.heartbeat', { open: [[forged.sessionId, 3]], heads }, moment(5))]))
    await ingest.onBatch(asBatch(aSession({ ...forged, principal: 'somebody else' })))
    expect(await verified(forged.sessionId)).toMatchObject({ hashMismatches: [], report: { completeness: 'conflict', conflicts: [3] } })
  })

  it('shows a gateway’s stream that was taken away, or made anew, by the one that came after it', async () => {
    const [away, anew, own, later] = [newId(), newId(), newId(), newId()]
    const started = { client: 'hoptrace gateway', database: null, tls: false }
    const after = (bootId: string) => ({ ...started, previousBoot: { bootId, lastSeq: 0, hash: 'ab'.repeat(32) } })
    await ingest.onBatch(asBatch([aBootStream(anew).next('session.started', started, moment(1))]))
    const streams = [aBootStream(own), aBootStream(later)]
    await ingest.onBatch(asBatch(streams.map((stream, i) => stream.next('session.started', after(i === 0 ? away : anew), moment(2)))))
    expect(await verified(away)).toMatchObject({ report: { completeness: 'gap', missing: [[0, 0]] } })
    expect(await verified(anew)).toMatchObject({ report: { completeness: 'conflict', conflicts: [0] } })
    expect(await verified(later)).toMatchObject({ report: { completeness: 'unfinished' } })
  })

  it('believes no heartbeat that its hash does not prove, and says so of the stream that it stands in', async () => {
    const [whole, own] = [anEnvelope(), newId()]
    await ingest.onBatch(asBatch(aSession(whole)))
    await ingest.onBatch(asBatch([aBootStream(own).next('gateway.heartbeat', { open: [[whole.sessionId, 3]] }, moment(5))]))
    const forged = `content = replaceOne(content, '${whole.sessionId}",3', '${whole.sessionId}",9')`
    await change(`ALTER TABLE session_events UPDATE ${forged} WHERE session_id = {session:UUID}`, own)
    expect(await verified(whole.sessionId)).toMatchObject({ expectedLastSeq: null, report: { completeness: 'complete' } })
    expect(await verified(own)).toMatchObject({ hashMismatches: [0], report: { completeness: 'conflict' } })
  })

  it('lists a refused attempt with who asked for what, and from where', async () => {
    const stream = new EventChain(
      anEnvelope({ tenant: 'denials', sessionId: boot, principal: null, rootPrincipal: null, origin: null, target: null }),
    )
    const asked = { protocol: 'ssh', target: 'bastion', account: 'root', database: null } as const
    const by = { run: newId(), principal: 'agent', rootPrincipal: 'ana', lineage: [newId()] }
    const origin = { address: '10.0.0.9', port: 4022, client: 'SSH-2.0-x' }
    const body = { decision: 'deny', reason: 'not-granted', asked, method: 'password', message: 'not granted', origin, by } as const
    const events = [
      stream.next('access.decided', { ...body, by: { ...by } }, moment(1)),
      stream.next('access.decided', { ...body, reason: 'unknown-token', by: null }, moment(2)),
    ]
    await ingest.onBatch(asBatch([...events, ...events]))
    const [unknown, known, ...others] = await new Denials(store).list('denials')
    expect(others).toEqual([])
    expect(known).toMatchObject({ run: by.run, principal: 'agent', lineage: by.lineage, originAddress: '10.0.0.9', askedTarget: 'bastion' })
    expect(unknown).toMatchObject({ run: null, principal: null, reason: 'unknown-token', originPort: 4022, askedAccount: 'root' })
  })

  it('keeps what the store refuses whole, and stores everything else of its batch', async () => {
    const [good, bad] = [anEnvelope(), anEnvelope({ principal: 'refused by the store' })]
    const events = aSession(bad)
    await change("ALTER TABLE session_events ADD CONSTRAINT test CHECK ifNull(principal, '') != 'refused by the store'", good.sessionId)
    const topic: string[] = []
    const deadLetterTopic = { send: async (letters: readonly DeadLetter[]) => void topic.push(...letters.map(({ reason }) => reason)) }
    const careful = new Ingest(store, { tenant: 'refused', now: () => START_MS, deadLetterTopic })
    await careful.onBatch(asBatch([...aSession(good, 50), ...events, ...aSession(good, 50)]))
    await change('ALTER TABLE session_events DROP CONSTRAINT test', good.sessionId)
    expect(topic).toEqual(events.map(() => 'store-refused'))
    const letters = await new DeadLetters(store).list('refused')
    expect(letters.map(({ reason, size }) => ({ reason, size }))).toEqual(
      expect.arrayContaining(events.map(({ length }) => ({ reason: 'store-refused', size: length }))),
    )
    expect(await verified(good.sessionId)).toMatchObject({ report: { completeness: 'complete', events: 52 } })
    expect(careful.counts).toEqual({ batches: 1, events: 104, deadLetters: 4, refusedByStore: 4 })
  })

  it('takes nothing for refused while a table is away', async () => {
    const envelope = anEnvelope()
    await change('RENAME TABLE observables TO observables_away', envelope.sessionId)
    await expect(ingest.onBatch(asBatch(aSession(envelope)))).rejects.toMatchObject({ code: 'EVENT_INSERT_FAILED' })
    await change('RENAME TABLE observables_away TO observables', envelope.sessionId)
    await ingest.onBatch(asBatch(aSession(envelope)))
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'complete' } })
  })

  it('moves on from a dead letter only when its topic has it', async () => {
    const deadLetterTopic = { send: () => Promise.reject(new Error('no broker')) }
    const careful = new Ingest(store, { tenant: 'nowhere', now: () => START_MS, deadLetterTopic })
    await expect(careful.onBatch(asBatch([Buffer.from('poison')]))).rejects.toThrow('no broker')
    expect(await new DeadLetters(store).count('nowhere')).toBe(0)
  })

  it('digests what a producer did not, beside a content that stays as it was hashed', async () => {
    const digestKey = { id: 'k7', secret: Buffer.alloc(32, 7) }
    const envelope = anEnvelope({ tenant: 'foreign' })
    const foreign = new Ingest(store, { tenant: 'foreign', now: () => START_MS, digestKey: () => digestKey })
    const sealer = new Sealer()
    const undigested = aSession(envelope).map((encoded) => {
      const { hash: _, prevHash: __, observables: ___, ...rest } = JSON.parse(String(encoded).replace('SELECT 1', "SELECT 'gold.internal'"))
      return Buffer.from(JSON.stringify(sealer.seal(rest)))
    })
    await foreign.onBatch(asBatch(undigested))
    const digest = digestValue(digestKey, 'host', 'gold.internal')
    const [seen] = await new Observables(store).findByDigests('foreign', [digest])
    expect(seen).toMatchObject({ keyId: 'k7', role: 'asked', at: '/text', seq: 2, value: 'gold.internal', digestedAt: 'ingest' })
    const rows = await new SessionEvents(store).findBySession('foreign', envelope.sessionId)
    expect(rows.map(({ content }) => content.includes('observables'))).toEqual([false, false, false, false])
    for await (const found of verifySessions(store, { tenant: 'foreign', session: envelope.sessionId }))
      expect(found).toMatchObject({ report: { completeness: 'complete' }, hashMismatches: [] })
  })

  it('keeps an event of tomorrow in its place in the chain', async () => {
    const envelope = anEnvelope({ tenant: 'default' })
    const chain = new EventChain(envelope)
    const started = chain.next('session.started', { client: null, database: null, tls: false }, moment(0))
    const unknown = chain.next('mongodb.query' as never, { filter: { a: 1 } } as never, moment(1))
    const more = chain.next('session.ended', { reason: 'client', message: null, addedTomorrow: 1 } as never, moment(2))
    await ingest.onBatch(asBatch([started, unknown, more]))
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'complete', events: 3 }, hashMismatches: [] })
    const [row] = await new SessionEvents(store).find('default', envelope.sessionId, 1)
    expect(row).toMatchObject({ type: 'mongodb.query', content: expect.stringContaining('"filter":{"a":1}') })
  })

  it('stores what a publisher set aside, and what an ingest set aside only once', async () => {
    const value = Buffer.alloc(2000, 'x')
    const at = { source: 'hoptrace.dead-letters.v1', partition: '3', offset: 9 }
    const headers = { hoptrace_reason: 'oversized', hoptrace_topic: 'hoptrace.events.v1' }
    const aside = new Ingest(store, { tenant: 'aside', now: () => START_MS })
    const known = { value: Buffer.from('known'), at, headers: { ...headers, hoptrace_partition: '1' } }
    const hostile = { value: Buffer.from('hostile'), at, headers: { hoptrace_reason: 'r'.repeat(900), hoptrace_topic: '' } }
    await aside.onSetAside([{ value, at, headers }, known, hostile, { value: Buffer.from('bare'), at }])
    const letters = await new DeadLetters(store).list('aside')
    expect(letters.map(({ reason, size }) => `${reason.slice(0, 9)} ${reason.length} ${size}`).sort()).toEqual([
      'oversized 9 2000',
      'rrrrrrrrr 64 7',
      'unknown 7 4',
    ])
  })

  it('tells what it stored, in the order in which batches came, once it is stored', async () => {
    const told: Stored[] = []
    const stop = ingest.onStored((stored) => told.push(stored))
    const envelopes = [anEnvelope(), anEnvelope()]
    await Promise.all(envelopes.map((envelope, i) => ingest.onBatch(asBatch(aSession(envelope, i === 0 ? 500 : 1)))))
    stop()
    expect(told.map(({ sessions }) => sessions.map(({ sessionId }) => sessionId))).toEqual(envelopes.map(({ sessionId }) => [sessionId]))
    expect(told[1]).toMatchObject({ tenants: ['default'], maxTs: String(START_MS * 1000 + 99), deadLetters: 0 })
  })

  it('acknowledges what is published in process once it is stored', async () => {
    const envelope = anEnvelope()
    await asPublisher(ingest).publish(aSession(envelope))
    expect(await verified(envelope.sessionId)).toMatchObject({ report: { completeness: 'complete' } })
  })
})

describe('the ingest application', () => {
  it('carries a spool into the store, from its first record to its durable mark', async () => {
    const spool = join(path, 'spool')
    mkdirSync(spool)
    const envelopes = Array.from({ length: 20 }, () => anEnvelope({ tenant: 'spooled' }))
    const bytes = Buffer.concat([encodeSegmentHeader(0), ...envelopes.flatMap((envelope) => aSession(envelope, 50)).map(encodeRecord)])
    writeFileSync(join(spool, segmentFileName(0)), bytes)
    writeFileSync(join(spool, 'durable'), encodeMark({ segment: 0, offset: bytes.length }))
    const app = await NestFactory.createApplicationContext(ingestModule({ store, spool, tenant: 'default' }), { logger: false })
    const tail = app.get<SpoolTail>(BATCH_CONSUMER)
    await tail.caughtUp()
    await app.close()
    const sessions = await new Sessions(store).list('spooled')
    expect(sessions.map(({ completeness, events }) => `${completeness} ${events}`)).toEqual(Array(20).fill('complete 52'))
  })
})

// The session's second event, with other content under its hash.
async function tampered(session: string): Promise<{ rowWith: object }> {
  const [, row] = await new SessionEvents(store).findBySession('default', session)
  if (!row) throw new Error('no second event')
  const content = row.content.replace('SELECT 0', 'SELECT 9')
  await change('ALTER TABLE session_events DELETE WHERE session_id = {session:UUID} AND seq = 1', session)
  const { sessionId: session_id, seq, ts, type, prevHash: prev_hash, hash } = row
  return { rowWith: { tenant: 'default', session_id, boot_id: boot, seq, ts, type, prev_hash, hash, content } }
}
