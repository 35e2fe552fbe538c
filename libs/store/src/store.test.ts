import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openStore, SessionEvents, type Store } from './index.ts'
import { aRow, countRows, enginesToTest, faultOf, id, type StorePlace, tenant } from './store.test-support.ts'

describe.each(enginesToTest)('a store, $engine', ({ aPlace }) => {
  let place: StorePlace
  let store: Store
  let events: SessionEvents

  const count = (table: string, where?: string) => countRows(store, table, where)

  beforeAll(async () => {
    place = await aPlace()
    store = await openStore(place.options)
    await store.migrate()
    events = new SessionEvents(store)
  })
  afterAll(async () => {
    await store.close()
    await place.remove()
  })

  it('applies each migration once', async () => {
    expect(await store.migrate()).toEqual([])
  })

  it('refuses a migration that was edited after it was applied', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hoptrace-migrations-'))
    writeFileSync(join(directory, '9001_edited.sql'), 'SELECT 1')
    await store.migrate(directory)
    writeFileSync(join(directory, '9001_edited.sql'), 'SELECT 2')
    expect(await faultOf(() => store.migrate(directory))).toMatchObject({ code: 'MIGRATION_EDITED' })
    rmSync(directory, { recursive: true })
  })

  it('runs every view as whoever made it, so that who inserts needs no right to read', async () => {
    const sql = `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'
      AND create_table_query NOT LIKE '% SQL SECURITY DEFINER%'`
    expect(await store.query({ name: 'test.views', sql, row: z.unknown() })).toEqual([])
  })

  it('stores blank lines and SQL in any column as what they are', async () => {
    await store.query({ name: 'test.nothing', sql: 'SELECT 1 AS n', row: z.object({ n: z.int() }) })
    const hostile = `x"}\n\nDROP TABLE session_events;\r\n\r\n'; DROP TABLE session_events -- \\ \u0000 \u2028 é`
    const columns = [
      'principal',
      'root_principal',
      'origin_address',
      'origin_client',
      'target_name',
      'target_address',
      'target_account',
    ] as const
    const everywhere = Object.fromEntries([...columns, 'type', 'outcome', 'text', 'content', 'gateway_id'].map((name) => [name, hostile]))
    await events.insert([aRow({ session_id: id(2), ...everywhere }), aRow({ session_id: id(2), seq: 1 })])
    const [first, second] = await events.findBySession(tenant, id(2))
    expect(first).toMatchObject({ content: hostile, type: hostile })
    expect(second).toMatchObject({ seq: 1 })
    expect(
      await count(
        'session_events',
        `session_id = '${id(2)}' AND [target_account, text] = arrayWithConstant(2, unhex('${Buffer.from(hostile).toString('hex')}'))`,
      ),
    ).toBe(1)
  })

  it('refuses rendered rows that hold a line feed', async () => {
    await expect(store.insert('session_events', ['{"tenant":"a"}\n\nDROP TABLE session_events'])).rejects.toThrow(RangeError)
    expect(await count('session_events')).toBeGreaterThan(0)
  })

  it('binds hostile parameters as values', async () => {
    const values = [`'`, `\\`, `') OR 1=1 --`, '{x:String}', '\n\n; DROP TABLE session_events', '\u0000', 'é😀']
    for (const value of values) {
      const query = { name: 'test.echo', sql: 'SELECT {v:String} AS v, {a:Array(String)} AS a', params: { v: value, a: [value, ''] } }
      const row = z.object({ v: z.string(), a: z.array(z.string()) })
      expect(await store.query({ ...query, row })).toEqual([{ v: value, a: [value, ''] }])
    }
  })

  it('refuses a parameter that is missing or no number, without telling its value', async () => {
    const query = { name: 'test.number', sql: 'SELECT {n:UInt32} AS n', row: z.object({ n: z.int() }) }
    expect(await faultOf(() => store.query(query))).toMatchObject({ code: 'BAD_PARAMETER', parameter: 'n' })
    const error = await faultOf(() => store.query({ ...query, params: { n: '1; secret' } }))
    expect(error).toMatchObject({ code: 'BAD_PARAMETER' })
    expect(error.message).not.toContain('secret')
  })

  it('keeps the settings of one insert away from the next', async () => {
    const table = 'CREATE TABLE leak (n UInt32) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100'
    await store.query({ name: 'test.create', sql: table, row: z.unknown() })
    await store.insert('leak', [{ n: 1 }], { token: 'same' })
    await store.insert('leak', [{ n: 2 }], { token: 'same' })
    await store.insert('leak', [{ n: 3 }])
    await store.insert('leak', [{ n: 4 }])
    const rows = await store.query({ name: 'test.leak', sql: 'SELECT n FROM leak ORDER BY n', row: z.object({ n: z.int() }) })
    expect(rows.map(({ n }) => n)).toEqual([1, 3, 4])
  })

  it('keeps two contents under one seq through a merge, in the order of their hashes', async () => {
    const rows = ['a', 'b'].map((digit) => aRow({ session_id: id(3), content: digit, hash: digit.repeat(64) }))
    for (const row of rows) await events.insert([row])
    await store.query({ name: 'test.merge', sql: 'OPTIMIZE TABLE session_events FINAL', row: z.unknown() })
    expect((await events.find(tenant, id(3), 0)).map(({ content }) => content)).toEqual(['a', 'b'])
  })

  it('merges away what was delivered again, and shows it once before that', async () => {
    for (let delivery = 0; delivery < 3; delivery += 1) await events.insert([aRow({ session_id: id(4) })])
    expect(await events.findBySession(tenant, id(4))).toHaveLength(1)
    await store.query({ name: 'test.merge', sql: 'OPTIMIZE TABLE session_events FINAL', row: z.unknown() })
    expect(await count('session_events', `session_id = '${id(4)}'`)).toBe(1)
  })

  it('stores a batch that spans more days than ClickHouse allows by default', async () => {
    const day = 24 * 3600 * 1000
    const hex = (ms: number) => ms.toString(16).padStart(12, '0')
    const session = (d: number) => `${hex(d * day).slice(0, 8)}-${hex(d * day).slice(8)}-7000-8000-000000000000`
    await events.insert(Array.from({ length: 150 }, (_, i) => aRow({ session_id: session(18_000 + i), tenant: 'days' })))
    expect(await count('session_events', `tenant = 'days'`)).toBe(150)
  })

  it('tells of a failed insert where it came from, and nothing of what it held', async () => {
    const at = { source: 'spool', partition: '7', first: 32, last: 99 }
    const error = await faultOf(() => events.insert([{ ...aRow(), session_id: 'hunter2' }], { at }))
    expect(error).toMatchObject({ code: 'EVENT_INSERT_FAILED', at, retryable: false, engineType: 'CANNOT_PARSE_UUID' })
    expect(JSON.stringify([error.message, error.stack, error.cause, Object.entries(error)])).not.toContain('hunter2')
  })

  it('tells of a failed query its name and the engine’s code, and nothing of its values', async () => {
    const query = { name: 'test.bad', sql: 'SELECT toUUID({v:String}) AS v', params: { v: 'hunter2' }, row: z.unknown() }
    const error = await faultOf(() => store.query(query))
    expect(error).toMatchObject({ code: 'STORE_QUERY_FAILED', query: 'test.bad' })
    expect(JSON.stringify([error.message, error.stack, error.cause, Object.entries(error)])).not.toContain('hunter2')
  })

  it('names the field of a row that is not of the promised shape', async () => {
    const query = { name: 'test.shape', sql: `SELECT 'x' AS n`, row: z.object({ n: z.int() }) }
    expect(await faultOf(() => store.query(query))).toMatchObject({ code: 'ROW_SHAPE', field: 'n' })
  })

  it('lets quick reads pass a slow one', async () => {
    const slow = {
      name: 'test.slow',
      sql: 'SELECT count() AS n FROM numbers({n:UInt64}) WHERE sipHash64(number) = 1',
      params: { n: 100_000_000 },
    }
    let isSlowDone = false
    const slowDone = store.query({ ...slow, row: z.object({ n: z.int() }) }).then(() => {
      isSlowDone = true
    })
    const quick = { name: 'test.quick', sql: 'SELECT {n:UInt32} AS n', params: { n: 1 }, row: z.object({ n: z.int() }) }
    for (let i = 0; i < 5; i += 1) await store.query(quick)
    expect(isSlowDone).toBe(false)
    await slowDone
  })

  it('walks a session whose seqs lie far apart, each event once', async () => {
    const seqs = [0, 1, 255, 256, 300, 70_000, 4_294_967_295]
    for (const seq of seqs) await events.insert([aRow({ session_id: id(7), seq }), aRow({ session_id: id(7), seq })])
    const walked: number[] = []
    for await (const row of events.streamBySession(tenant, id(7))) walked.push(row.seq)
    expect(walked).toEqual(seqs)
    walked.length = 0
    for await (const row of events.streamBySession(tenant, id(7), { from: 1, to: 300 })) walked.push(row.seq)
    expect(walked).toEqual([1, 255, 256, 300])
  })

  it('frees a stream that its reader left', async () => {
    for (let i = 0; i < 20; i += 1) {
      for await (const _ of store.stream({ name: 'test.left', sql: 'SELECT number AS n FROM numbers(1000000)', row: z.unknown() })) break
    }
  })

  it('refuses work once it is closed, and keeps what was acknowledged', async () => {
    await events.insert([aRow({ session_id: id(5) })])
    const reading = events.findBySession(tenant, id(5))
    await store.close()
    expect(await reading).toHaveLength(1)
    expect(await faultOf(() => events.insert([aRow()]))).toMatchObject({ code: 'STORE_CLOSED' })
    expect(await faultOf(() => events.findBySession(tenant, id(5)))).toMatchObject({ code: 'STORE_CLOSED' })
    store = await openStore(place.options)
    events = new SessionEvents(store)
    expect(await events.findBySession(tenant, id(5))).toHaveLength(1)
  })
})
