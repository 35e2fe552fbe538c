import { readFileSync } from 'node:fs'
import { Ingest } from '@hoptrace/ingest'
import { accessStatements, openStore, type Store } from '@hoptrace/store'
import { type EmbeddedClickHouseHttp, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

const ACCOUNTS = ['migrator', 'ingest', 'correlator', 'api', 'retention'] as const
const xml = readFileSync('deploy/clickhouse/users.xml', 'utf8')

/** What the file grants to an account. */
function grantsOf(account: string): string[] {
  const [, body = ''] = new RegExp(`<hoptrace_${account}>(.*?)</hoptrace_${account}>`, 's').exec(xml) ?? []
  return [...body.matchAll(/<query>(.*?)<\/query>/g)].map(([, grant = '']) => grant)
}

describe('the accounts of the store', () => {
  let server: EmbeddedClickHouseHttp
  const stores = new Map<string, Store>()

  beforeAll(async () => {
    // The account that shards answer to has every right, and no grant that another could borrow.
    const users = ACCOUNTS.map((name) => ({ name, password: `${name}-password`, grants: grantsOf(name) }))
    server = await startEmbeddedClickHouseHttp({ users })
    for (const username of ACCOUNTS) {
      stores.set(username, await openStore({ kind: 'http', url: server.url, username, password: `${username}-password` }))
    }
  })
  afterAll(async () => {
    for (const store of stores.values()) await store.close()
    await server?.stop()
  })

  function as(account: (typeof ACCOUNTS)[number]): Store {
    const store = stores.get(account)
    if (!store) throw new Error(`No store for ${account}`)
    return store
  }
  const denied = { engineCode: 497 }

  it.each(ACCOUNTS)('have the rights of the process, and no other: %s', (account) => {
    const end = ` TO hoptrace_${account}`
    const statements = accessStatements({ database: 'default', cluster: null })
    const rights = statements.filter((each) => each.startsWith('GRANT ') && each.endsWith(end)).map((each) => each.slice(0, -end.length))
    expect([rights.length > 0, grantsOf(account)]).toEqual([true, rights])
  })

  it('let one alone change the schema; the others find it in order', async () => {
    await expect(as('ingest').migrate()).rejects.toMatchObject({})
    expect((await as('migrator').migrate()).length).toBeGreaterThan(10)
    for (const account of ['ingest', 'correlator', 'api'] as const) expect(await as(account).migrate()).toEqual([])
  })

  it('let the ingest add events, and delete none', async () => {
    const ingest = new Ingest(as('ingest'), { tenant: 'default', now: () => 0 })
    await ingest.onBatch([{ value: Buffer.from('no event'), at: { source: 'test', partition: '0', offset: 0 } }])
    const count = {
      name: 'test.letters',
      sql: 'SELECT toUInt32(count()) AS letters FROM dead_letters',
      row: z.object({ letters: z.int() }),
    }
    expect(await as('api').query(count)).toEqual([{ letters: 1 }])
    await expect(as('ingest').dropPartition('session_events', '20261120')).rejects.toMatchObject(denied)
    await expect(as('ingest').insert('hops', [{ tenant: 'default' }])).rejects.toMatchObject(denied)
  })

  it('let the correlator add what follows, and no evidence', async () => {
    await as('correlator').insert('analysed', [{ tenant: 'default', stage: 'hops', partition: '', watermark: '1', updated_at: 1 }])
    await expect(as('correlator').insert('session_events', [{ tenant: 'default' }])).rejects.toMatchObject(denied)
  })

  it('let the api read, and add no evidence', async () => {
    for (const table of ['session_events', 'dead_letters', 'hops']) {
      await expect(as('api').insert(table, [{ tenant: 'default' }])).rejects.toMatchObject(denied)
    }
  })

  it('have no password in the file', () => {
    expect([...xml.matchAll(/<password[^>]*>/g)].map(([tag]) => tag)).toEqual(
      ACCOUNTS.map((name) => `<password from_env="CLICKHOUSE_${name.toUpperCase()}_PASSWORD"/>`),
    )
  })
})
