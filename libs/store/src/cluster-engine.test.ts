import { clickHouseHttpMissing, type EmbeddedClickHouseHttp, freePort, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clusterStatements } from './cluster.ts'
import { applyRetention, Conflicts, DeadLetters, openStore, SessionEvents, Sessions, type Store, verifySessions } from './index.ts'
import { MIGRATIONS, readMigrations } from './migrations.ts'
import { aRow, countRows, enginesToTest, faultOf, id, type StorePlace, tenant } from './store.test-support.ts'

const isMissing = clickHouseHttpMissing() !== null && !process.env.CI
const statements = readMigrations(MIGRATIONS).flatMap((migration) => migration.statements)
const nothing = z.unknown()

describe('every migration in its form for a cluster', () => {
  let place: StorePlace
  let store: Store
  beforeAll(async () => {
    place = (await enginesToTest[0]?.aPlace()) ?? expect.unreachable()
    store = await openStore(place.options)
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })

  it('is SQL that the engine understands', async () => {
    for (const statement of statements.flatMap((each) => clusterStatements(each, { name: 'hop' }))) {
      await store.query({ name: 'test.explain', sql: `EXPLAIN AST ${statement}`, row: nothing })
    }
  })
})

describe.skipIf(isMissing)('replicated tables', () => {
  // Two things a clickhouse-server has and the engine's library lacks: the queue of ON CLUSTER, and an address for replicas.
  it('can be made of every migration, on a server with a Keeper', async () => {
    const [tcpPort, macros] = [await freePort(), { shard: '01', replica: 'a' }]
    const server = await startEmbeddedClickHouseHttp({ tcpPort, clusters: { hop: [tcpPort] }, macros, hasKeeper: true })
    const store = await openStore({ kind: 'http', url: server.url })
    for (const statement of statements.flatMap((each) => clusterStatements(each, { name: 'hop' }))) {
      // A replica without an address is read-only, and so cannot be altered.
      if (/^ALTER TABLE \w+_local /.test(statement)) continue
      await store.query({ name: 'test.make', sql: statement.replace(" ON CLUSTER 'hop'", ''), row: nothing })
    }
    const sql = `SELECT countIf(engine LIKE 'Replicated%') AS replicated, countIf(engine = 'Distributed') AS distributed,
      countIf(engine LIKE '%MergeTree' AND engine NOT LIKE 'Replicated%') AS plain FROM system.tables WHERE database = currentDatabase()`
    const row = z.object({ replicated: z.int(), distributed: z.int(), plain: z.int() })
    const [made] = await store.query({ name: 'test.made', sql, row })
    expect(made).toMatchObject({ plain: 0, replicated: made?.distributed })
    expect(made?.replicated).toBeGreaterThan(10)
    await store.close()
    await server.stop()
  })
})

describe.skipIf(isMissing)('a store on two shards', () => {
  let shards: EmbeddedClickHouseHttp[]
  let store: Store
  const sessions = Array.from({ length: 40 }, (_, n) => id(n + 1))

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()]
    shards = await Promise.all(ports.map((tcpPort) => startEmbeddedClickHouseHttp({ tcpPort, clusters: { hop: ports } })))
    const nodes = shards.map(({ url }) => url)
    store = await openStore({ kind: 'http', url: nodes[0] ?? '', cluster: { name: 'hop', nodes }, retryAfterMs: [1] })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await Promise.all(shards.map((shard) => shard.stop()))
  })

  it('applies each migration once', async () => {
    expect(await store.migrate()).toEqual([])
  })

  it('spreads sessions, keeps each whole on one shard, and reads them all', async () => {
    const events = new SessionEvents(store)
    const rows = sessions.flatMap((session_id) => [0, 1, 2].map((seq) => aRow({ session_id, seq, text: `word ${seq}` })))
    for (let delivery = 0; delivery < 2; delivery += 1) await events.insert(rows)
    expect(await countRows(store, 'session_events')).toBeGreaterThanOrEqual(120)
    for (const session of sessions) expect(await events.findBySession(tenant, session)).toHaveLength(3)
    const onShard = await Promise.all(
      shards.map(async ({ url }) => (await sql(url, 'SELECT uniqExact(session_id) FROM session_events_local')).trim()),
    )
    expect(onShard.map(Number).every((count) => count > 0 && count < 40)).toBe(true)
    expect(onShard.map(Number).reduce((sum, count) => sum + count, 0)).toBe(40)
  })

  it('rolls sessions up beside their events, each once', async () => {
    const listed = await new Sessions(store).list(tenant)
    expect(listed.map(({ sessionId, events, completeness }) => ({ sessionId, events, completeness }))).toEqual(
      expect.arrayContaining(sessions.map((sessionId) => ({ sessionId, events: 3, completeness: 'unfinished' }))),
    )
    expect(listed).toHaveLength(40)
  })

  it('answers questions that one table asks of another', async () => {
    const found = await store.query({
      name: 'test.words',
      sql: `SELECT count() AS sessions FROM (SELECT DISTINCT session_id FROM session_rollups WHERE tenant = {tenant:String}
        AND session_id IN (SELECT session_id FROM session_events WHERE tenant = {tenant:String} AND hasAllTokens(text, 'word 1')))`,
      params: { tenant },
      row: z.object({ sessions: z.int() }),
    })
    expect(found).toEqual([{ sessions: 40 }])
    let verified = 0
    for await (const { sessionId } of verifySessions(store, { tenant })) verified += sessions.includes(sessionId) ? 1 : 0
    expect(verified).toBe(40)
  })

  it('lets versions of one row meet', async () => {
    const letters = new DeadLetters(store)
    const letter = {
      tenant,
      id: 'a'.repeat(64),
      reason: 'json',
      at: '',
      received_base64: '',
      size: 1,
      source: 's',
      partition: '0',
      offset: 1,
    }
    for (const first_seen of [2000, 1000, 3000]) await letters.insert([{ ...letter, first_seen }])
    expect(await letters.list(tenant)).toEqual([expect.objectContaining({ firstSeenMs: 1000 })])
  })

  it('deletes on every shard what its tenant keeps no longer', async () => {
    const old = Array.from({ length: 20 }, (_, n) => aRow({ tenant: 'old', session_id: id(n + 200), ts: '1600000000000000' }))
    await new SessionEvents(store).insert(old)
    expect(await applyRetention(store, { old: 10 }, Date.UTC(2027, 0, 1))).toEqual([expect.objectContaining({ expired: 20 })])
    for (const table of ['session_events', 'session_rollups']) expect(await countRows(store, table, "tenant = 'old'")).toBe(0)
    expect(await countRows(store, 'session_events', `tenant = '${tenant}'`)).toBeGreaterThan(0)
  })

  it('finds sessions in conflict on whichever shard they are', async () => {
    const own = 'of-conflicts'
    const forged = [1, 2, 3, 4].flatMap((n) =>
      ['a', 'b'].map((hash) => aRow({ tenant: own, session_id: id(900 + n), hash: hash.repeat(64) })),
    )
    await new SessionEvents(store).insert(forged)
    const { count, newest } = await new Conflicts(store).since(own, 0)
    expect([count, newest.map(({ sessionId }) => sessionId).sort()]).toEqual([4, [1, 2, 3, 4].map((n) => id(900 + n))])
    expect(await new DeadLetters(store).countOpen(own)).toBe(0)
  })

  it('acknowledges nothing, and answers nothing in part, while a shard is away', async () => {
    const events = new SessionEvents(store)
    await shards[1]?.kill()
    const rows = Array.from({ length: 40 }, (_, n) => aRow({ session_id: id(n + 100) }))
    expect(await faultOf(() => events.insert(rows))).toMatchObject({ code: 'EVENT_INSERT_FAILED', retryable: true })
    expect(await faultOf(() => new Sessions(store).list(tenant))).toMatchObject({ code: 'STORE_QUERY_FAILED', retryable: true })
    await shards[1]?.start()
    await events.insert(rows)
    expect((await new Sessions(store).list(tenant)).filter(({ events: each }) => each === 1)).toHaveLength(40)
  })
})

async function sql(url: string, statement: string): Promise<string> {
  return (await fetch(url, { method: 'POST', body: statement })).text()
}
