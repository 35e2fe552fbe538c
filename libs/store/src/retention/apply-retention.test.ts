import { randomUUID } from 'node:crypto'
import { contentOf, EventChain, uuidv7 } from '@hoptrace/events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  AlertActions,
  applyRetention,
  ExpiredSessions,
  type HoldScope,
  Holds,
  openStore,
  SessionEvents,
  Sessions,
  type Store,
  verifySessions,
} from '../index.ts'
import { aRow, countRows, enginesToTest, type StorePlace } from '../store.test-support.ts'
import { TABLES_BY_DAY, TABLES_BY_SESSION } from './delete-expired.ts'

const DAY_MS = 24 * 3600 * 1000
const NOW_MS = Date.UTC(2026, 5, 30, 12)

let ids = 0
/** The id of a session that began so many days ago. */
const begunDaysAgo = (days: number) => uuidv7(NOW_MS - days * DAY_MS, Buffer.from(String(ids++).padStart(10, '0')))

describe.each(enginesToTest)('retention, $engine', ({ aPlace }) => {
  let place: StorePlace
  let store: Store
  let tenant: string

  beforeAll(async () => {
    place = await aPlace()
    store = await openStore(place.options)
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })
  beforeEach(() => {
    tenant = `tenant-${randomUUID()}`
  })

  const usOf = (daysAgo: number) => (NOW_MS - daysAgo * DAY_MS) * 1000
  const apply = (days: number) => applyRetention(store, { [tenant]: days }, NOW_MS)
  const stored = async () => (await new Sessions(store).list(tenant)).map(({ sessionId }) => sessionId).sort()
  const hold = (scope: HoldScope) =>
    new Holds(store).place(tenant, { id: randomUUID(), scope, reason: 'case 7', placedBy: 'ana', placedAtMs: NOW_MS })

  /** A session of three events, the last so many days ago. */
  async function record(begun: number, last = begun, of: { boot?: string } = {}): Promise<string> {
    const session_id = begunDaysAgo(begun)
    const ts = [usOf(begun), usOf(begun), usOf(last)]
    const common = { tenant, session_id, boot_id: of.boot ?? begunDaysAgo(begun) }
    await new SessionEvents(store).insert(ts.map((us, seq) => aRow({ ...common, seq, ts: `${us + seq}` })))
    return session_id
  }

  it('deletes whole sessions whose last event is too old, and no other', async () => {
    const [old, longLived, young] = [await record(40), await record(40, 5), await record(2)]
    expect(await apply(30)).toEqual([{ tenant, days: 30, expired: 1, events: 3, held: 0, droppedDays: expect.any(Number) }])
    expect(await stored()).toEqual([longLived, young].sort())
    expect(await new SessionEvents(store).findBySession(tenant, old)).toEqual([])
    expect(await new SessionEvents(store).findBySession(tenant, longLived)).toHaveLength(3)
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 0 })])
  })

  it('keeps everything of a tenant that has no limit', async () => {
    const old = await record(4000)
    expect(await applyRetention(store, { someone: 1 }, NOW_MS)).toEqual([])
    expect(await stored()).toEqual([old])
  })

  it('drops a day that nobody needs, and picks from a day that somebody does', async () => {
    const old = await record(500)
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 1, droppedDays: 1 })])
    const [first, second] = [await record(600), await record(600)]
    await hold({ kind: 'session', sessionId: second })
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 1, held: 1, droppedDays: 0 })])
    expect(await stored()).toEqual([second])
    for (const session of [old, first]) expect(await countRows(store, 'session_events', `session_id = '${session}'`)).toBe(0)
  })

  it('keeps another tenant’s sessions of the same day', async () => {
    const session = begunDaysAgo(700)
    const rows = [tenant, `${tenant}-b`].map((each) => aRow({ tenant: each, session_id: session, ts: `${usOf(700)}` }))
    await new SessionEvents(store).insert(rows)
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 1, droppedDays: 0 })])
    expect(await countRows(store, 'session_events', `session_id = '${session}'`)).toBe(1)
  })

  it('keeps what a hold on a range covers, until it is released', async () => {
    const [inside, outside] = [await record(45), await record(90)]
    await hold({ kind: 'range', fromUs: `${usOf(46)}`, toUs: `${usOf(44)}` })
    await apply(30)
    expect(await stored()).toEqual([inside])
    const [placed] = await new Holds(store).list(tenant, { isOpen: true })
    expect(await new Holds(store).release(tenant, placed?.id ?? '', 'bo', NOW_MS)).toBe(true)
    await apply(30)
    expect(await stored()).toEqual([])
    expect((await new ExpiredSessions(store).find(tenant, [inside, outside])).size).toBe(2)
  })

  it('keeps every session of a held chain', async () => {
    const [member, stranger] = [await record(45), await record(45)]
    const chainId = 'c'.repeat(32)
    const access = { tenant, access_id: member, chain_id: chainId, depth: 0, kind: 'session', session_id: member, version: 1 }
    await store.insert('hop_chain_accesses', [access])
    await hold({ kind: 'chain', chainId })
    await apply(30)
    expect(await stored()).toEqual([member])
    expect(stranger).not.toBe(member)
  })

  it('keeps what an alert rests on that nobody closed', async () => {
    const [member, proof, cause, stranger] = [await record(45), await record(45), await record(45), await record(45)]
    const chainId = 'd'.repeat(32)
    const access = { tenant, access_id: member, chain_id: chainId, depth: 0, kind: 'session', session_id: member, version: 1 }
    await store.insert('hop_chain_accesses', [access])
    const at = { session: proof, seq: 1, tsUs: usOf(45), ms: 0 }
    const rule = { id: 'r-1', title: 'A rule', revision: 'abc', tags: [] }
    const finding = { rule, severity: 'high', response: 'queue', anchor: 'a', at, access: null, refs: [`event:${cause}/2`], sentence: '' }
    const reach = { targets: [], writes: 0, rows: 0, bytes: 0 }
    const content = JSON.stringify({ findings: [finding], reach, rotate: [], weakest: null, baseline: null })
    const id = 'a'.repeat(32)
    const alert = { tenant, id, chain_id: chainId, severity: 'high', response: 'queue', content, raised_at: NOW_MS, version: 1 }
    await store.insert('alerts', [{ ...alert, first_ts: `${usOf(45)}`, last_ts: `${usOf(45)}` }])
    await apply(30)
    expect(await stored()).toEqual([member, proof, cause].sort())
    expect(stranger).not.toBe(member)
    const close = { kind: 'close', reason: 'benign', severity: 'high', response: 'queue', assignee: null, note: '' } as const
    await new AlertActions(store).append(tenant, id, 0, { id: randomUUID(), atUs: NOW_MS * 1000, by: 'ana', subject: 'ana', ...close })
    await apply(30)
    expect(await stored()).toEqual([])
  })

  it('keeps the gateway’s stream that recorded a held session', async () => {
    const boot = await record(50)
    const session = await record(45, 45, { boot })
    await hold({ kind: 'session', sessionId: session })
    await apply(30)
    expect(await stored()).toEqual([boot, session].sort())
  })

  it('finishes what a run that was cut short began', async () => {
    const old = await record(45)
    const about = { lastTs: `${usOf(45)}`, events: 3, lastSeq: 2, policy: '30 days', expiredAtMs: NOW_MS - 1 }
    await new ExpiredSessions(store).insert(tenant, [{ sessionId: old, ...about }])
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 1 })])
    expect(await stored()).toEqual([])
    expect(await new ExpiredSessions(store).days(tenant)).toEqual([{ day: '2026-05-16', policy: '30 days', sessions: 1, events: 3 }])
  })

  it('lets verification tell what expired from what was lost', async () => {
    const [expired, lost, bootId] = [begunDaysAgo(45), begunDaysAgo(45), begunDaysAgo(45)]
    const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
    const rowsOf = (sessionId: string, events: (chain: EventChain) => Buffer[]) =>
      events(new EventChain({ tenant, sessionId, gatewayId: 'gw', bootId, ...nobody })).map(asRow)
    const at = { wallUs: usOf(45), elapsedUs: 0 }
    const open: [string, number][] = [
      [expired, 0],
      [lost, 4],
    ]
    const beat = rowsOf(bootId, (chain) => [chain.next('gateway.heartbeat', { open, heads: [] }, at)])
    const said = rowsOf(expired, (chain) => [chain.next('terminal.resize', { channel: 0, cols: 80, rows: 24 }, at)])
    await new SessionEvents(store).insert([...beat, ...said])
    await hold({ kind: 'session', sessionId: bootId })
    expect(await apply(30)).toEqual([expect.objectContaining({ expired: 1, held: 1 })])
    const verdicts = new Map<string, string>()
    for await (const { sessionId, report } of verifySessions(store, { tenant })) verdicts.set(sessionId, report.completeness)
    expect([verdicts.get(expired), verdicts.get(lost)]).toEqual(['expired', 'gap'])
    for await (const { report } of verifySessions(store, { tenant, session: expired })) expect(report.completeness).toBe('expired')
  })

  it('covers every table that has rows of a session', async () => {
    const sql = `SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name LIKE '%session%'
      AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')`
    const tables = (await store.query({ name: 'test.tables', sql, row: z.object({ table: z.string() }) })).map(({ table }) => table)
    const covered = [...TABLES_BY_DAY, ...TABLES_BY_SESSION.map(({ table }) => table), 'expired_sessions']
    expect(tables.filter((table) => !covered.includes(table))).toEqual([])
  })
})

const texts = { tenant: z.string(), sessionId: z.string(), ts: z.string(), bootId: z.string(), type: z.string(), prevHash: z.string() }
const Proven = z.object({ ...texts, seq: z.int(), hash: z.string() })

function asRow(encoded: Buffer) {
  const json: unknown = JSON.parse(encoded.toString())
  const { sessionId: session_id, bootId: boot_id, prevHash: prev_hash, ...own } = Proven.parse(json)
  const nobody = {
    principal: null,
    origin_address: '',
    origin_port: 0,
    target_name: '',
    target_protocol: '',
    target_address: '',
    target_account: '',
  }
  const content = contentOf(Object(json)) ?? ''
  return aRow({ ...own, session_id, boot_id, prev_hash, gateway_id: 'gw', elapsed_us: 0, ...nobody, content })
}
