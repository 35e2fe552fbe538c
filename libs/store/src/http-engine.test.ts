import { clickHouseHttpMissing, type EmbeddedClickHouseHttp, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openStore, SessionEvents, type Store, sessionsSql } from './index.ts'
import { aRow, countRows, faultOf, id, tenant } from './store.test-support.ts'

const one = { name: 'test.one', sql: 'SELECT {n:UInt32} AS n', params: { n: 1 }, row: z.object({ n: z.int() }) }
const numbers = (count: number) => ({
  name: 'test.numbers',
  sql: `SELECT number AS n FROM numbers(${count})`,
  row: z.object({ n: z.int() }),
})

describe.skipIf(clickHouseHttpMissing() !== null && !process.env.CI)('a store over HTTP', () => {
  let server: EmbeddedClickHouseHttp
  let store: Store
  let events: SessionEvents

  beforeAll(async () => {
    server = await startEmbeddedClickHouseHttp({ users: [{ name: 'hoptrace', password: 'a secret' }] })
    store = await openStore({ kind: 'http', ...asHoptrace(), requestTimeoutMs: 2_000, retryAfterMs: [1, 1] })
    await store.migrate()
    events = new SessionEvents(store)
  })
  afterEach(() => server.faults.clear())
  afterAll(async () => {
    await store.close()
    await server.stop()
  })

  const asHoptrace = () => ({ url: server.url, username: 'hoptrace', password: 'a secret' })
  const rows = (session: number, count: number) => Array.from({ length: count }, (_, seq) => aRow({ session_id: id(session), seq }))
  const storedSeqs = async (session: number) => (await events.findBySession(tenant, id(session))).map(({ seq }) => seq)

  it('compresses what it sends and what it receives', async () => {
    const before = { ...server.passed }
    await events.insert(rows(1, 100))
    expect(await store.query(numbers(10_000))).toHaveLength(10_000)
    expect(server.passed.compressedRequests).toBeGreaterThan(before.compressedRequests)
    expect(server.passed.compressedAnswers).toBeGreaterThan(before.compressedAnswers)
  })

  it.each([
    { kind: 'refuse' },
    { kind: 'loseAnswer' },
    { kind: 'cutAnswer', afterBytes: 5 },
    { kind: 'fail', code: 241, type: 'MEMORY_LIMIT_EXCEEDED' },
    { kind: 'hang' },
  ] as const)('reads again after $kind', async (fault) => {
    const met = server.faults.met
    server.faults.inject(fault, { times: 2 })
    expect(await store.query(one)).toEqual([{ n: 1 }])
    expect(server.faults.met - met).toBe(2)
  })

  it.each([
    { kind: 'refuse' },
    { kind: 'loseAnswer' },
    { kind: 'cutRequest', afterBytes: 100 },
    { kind: 'fail', code: 252, type: 'TOO_MANY_PARTS' },
    { kind: 'hang' },
  ] as const)('has each event once after $kind in mid-insert and a second try', async (fault) => {
    const session = 10 + server.faults.met
    server.faults.inject(fault, { times: 2, only: 'insert' })
    await events.insert(rows(session, 50))
    expect(await storedSeqs(session)).toEqual(Array.from({ length: 50 }, (_, seq) => seq))
    await store.query({ name: 'test.merge', sql: 'OPTIMIZE TABLE session_events FINAL', row: z.unknown() })
    expect(await countRows(store, 'session_events', `session_id = '${id(session)}'`)).toBe(50)
    expect(await rolledUp(session)).toEqual({ events: 50, completeness: 'unfinished' })
  })

  async function rolledUp(session: number) {
    const sql = `SELECT events, completeness FROM (${sessionsSql()}) WHERE sessionId = {session:UUID}`
    const row = z.object({ events: z.int(), completeness: z.string() })
    return (await store.query({ name: 'test.session', sql, params: { tenant, session: id(session) }, row }))[0]
  }

  it('gives up after its tries, and says that a later one may succeed', async () => {
    server.faults.inject({ kind: 'refuse' }, { times: 3 })
    expect(await faultOf(() => store.query(one))).toMatchObject({ code: 'STORE_QUERY_FAILED', query: 'test.one', retryable: true })
    server.faults.inject({ kind: 'cutRequest', afterBytes: 1 }, { times: 3, only: 'insert' })
    expect(await faultOf(() => events.insert(rows(2, 1)))).toMatchObject({ code: 'EVENT_INSERT_FAILED', retryable: true })
  })

  it('does not try again what cannot succeed', async () => {
    const before = server.passed.requests
    const bad = { ...one, sql: 'SELECT nothing FROM nowhere' }
    expect(await faultOf(() => store.query(bad))).toMatchObject({ engineType: 'UNKNOWN_TABLE', retryable: false })
    expect(server.passed.requests - before).toBe(1)
  })

  it('tells of a wrong password, without telling it', async () => {
    const stranger = await openStore({ kind: 'http', ...asHoptrace(), password: 'hunter2' })
    const error = await faultOf(() => stranger.query(one))
    expect(error).toMatchObject({ engineType: 'AUTHENTICATION_FAILED', retryable: false })
    expect(JSON.stringify([error.message, error.stack, error.cause, Object.entries(error)])).not.toContain('hunter2')
    await stranger.close()
  })

  it('streams an answer of any length, and tells when it was cut', async () => {
    let seen = 0
    for await (const { n } of store.stream(numbers(300_000))) expect(n).toBe(seen++)
    expect(seen).toBe(300_000)
    server.faults.inject({ kind: 'cutAnswer', afterBytes: 20_000 })
    expect(await faultOf(() => drained(store.stream(numbers(300_000))))).toMatchObject({ code: 'STORE_QUERY_FAILED', retryable: true })
  })

  it('tells when the engine fails in mid-answer', async () => {
    const sql = 'SELECT throwIf(number = 200000) AS n FROM numbers(300000) SETTINGS max_block_size = 1000'
    const failing = { name: 'test.failing', sql, row: z.object({ n: z.int() }) }
    expect(await faultOf(() => store.query(failing))).toMatchObject({ retryable: false })
    expect(await faultOf(() => drained(store.stream(failing)))).toMatchObject({ code: 'STORE_QUERY_FAILED' })
  })

  it('stores nothing that it does not acknowledge when a view throws, and everything once the view is well', async () => {
    const view = 'CREATE MATERIALIZED VIEW bad TO session_rollups AS SELECT tenant, session_id, throwIf(1) AS is_boot FROM session_events'
    await store.query({ name: 'test.view', sql: view, row: z.unknown() })
    expect(await faultOf(() => events.insert(rows(4, 20)))).toMatchObject({ code: 'EVENT_INSERT_FAILED' })
    await store.query({ name: 'test.view', sql: 'DROP VIEW bad SYNC', row: z.unknown() })
    await events.insert(rows(4, 20))
    expect(await storedSeqs(4)).toHaveLength(20)
    expect(await rolledUp(4)).toEqual({ events: 20, completeness: 'unfinished' })
  })

  it('carries lists that no address line would', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => id(n))
    const query = { name: 'test.many', sql: 'SELECT length({many:Array(UUID)}) AS n', params: { many }, row: z.object({ n: z.int() }) }
    expect(await store.query(query)).toEqual([{ n: 3_000 }])
  })

  it('loses nothing acknowledged when the server is killed in mid-insert', async () => {
    const acknowledged: number[] = []
    let isKilled = false
    const inserting = (async () => {
      for (let session = 100; !isKilled; session += 1) {
        await events.insert(rows(session, 200))
        acknowledged.push(session)
      }
    })().catch(() => undefined)
    while (acknowledged.length < 3) await new Promise(setImmediate)
    await server.kill()
    isKilled = true
    await inserting
    await server.start()
    for (const session of acknowledged) expect(await storedSeqs(session)).toHaveLength(200)
  })
})

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
