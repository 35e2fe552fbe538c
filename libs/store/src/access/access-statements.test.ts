import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clickHouseHttpMissing, type EmbeddedClickHouseHttp, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { applyRetention, openStore, SessionEvents, Sessions, type Store } from '../index.ts'
import { MIGRATIONS } from '../migrations.ts'
import { aRow, enginesToTest, faultOf, id, tenant } from '../store.test-support.ts'
import { accessFile, accessStatements } from './access-statements.ts'
import { API_LIMITS, RIGHTS, rightsOf, STORE_PROCESSES, type StoreProcess } from './process-rights.ts'

const nothing = z.unknown()
const root = fileURLToPath(new URL('../../../..', import.meta.url))

describe('the rights of each process', () => {
  it.each([null, 'hoptrace'])('are SQL that the engine understands, cluster: %s', async (cluster) => {
    const place = (await enginesToTest[0]?.aPlace()) ?? expect.unreachable()
    const store = await openStore(place.options)
    for (const statement of accessStatements({ database: 'hoptrace', cluster })) {
      await store.query({ name: 'test.explain', sql: `EXPLAIN AST ${statement}`, row: nothing })
    }
    await store.close()
    await place.remove()
  })

  it.each([
    ['users.sql', null],
    ['users-cluster.sql', 'hoptrace'],
  ])('stand in migrations/users/%s', (file, cluster) => {
    expect(readFileSync(join(MIGRATIONS, 'users', file), 'utf8')).toBe(accessFile({ database: 'hoptrace', cluster }))
  })

  it.each(['ingest', 'correlator', 'api'] as const)('let %s insert everything that its sources insert', (process) => {
    expect(RIGHTS[process].inserts).toEqual(expect.arrayContaining([...tablesWritten(`apps/${process}/src`)]))
  })

  it('let nobody insert what no repository does', () => {
    const inserted = repositoryWriters().map(({ table }) => table)
    expect(inserted).toEqual(expect.arrayContaining(Object.values(RIGHTS).flatMap(({ inserts }) => inserts)))
  })
})

describe.skipIf(clickHouseHttpMissing() !== null && !process.env.CI)('a process with its rights alone', () => {
  let server: EmbeddedClickHouseHttp
  const stores = new Map<StoreProcess, Store>()
  const as = (process: StoreProcess) => stores.get(process) ?? expect.unreachable()
  const refused = (work: () => Promise<unknown>) => faultOf(work).then(({ engineType }) => engineType)

  beforeAll(async () => {
    const users = STORE_PROCESSES.map((process) => ({
      name: process,
      password: process,
      grants: rightsOf(process, 'default', false).map((right) => `GRANT ${right}`),
      ...(process === 'api'
        ? { settings: API_LIMITS, constraints: Object.fromEntries(Object.entries(API_LIMITS).map(([name, max]) => [name, { max }])) }
        : {}),
    }))
    server = await startEmbeddedClickHouseHttp({ users })
    for (const { name, password } of users) {
      stores.set(name, await openStore({ kind: 'http', url: server.url, username: name, password, retryAfterMs: [] }))
    }
    await as('migrator').migrate()
  })
  afterAll(async () => {
    for (const store of stores.values()) await store.close()
    await server.stop()
  })

  it('finds the schema whole, whoever it is', async () => {
    for (const store of stores.values()) expect(await store.migrate()).toEqual([])
  })

  it('ingests, and the roll-up follows, without reading what was recorded', async () => {
    await new SessionEvents(as('ingest')).insert([aRow({ session_id: id(1) })])
    expect(await new Sessions(as('api')).find(tenant, id(1))).toMatchObject({ events: 1 })
    expect(await refused(() => new SessionEvents(as('ingest')).findBySession(tenant, id(1)))).toBe('ACCESS_DENIED')
    expect(await refused(() => new Sessions(as('ingest')).list(tenant))).toBe('ACCESS_DENIED')
  })

  it.each(['correlator', 'api', 'retention'] as const)('cannot forge an event as %s', async (process) => {
    expect(await refused(() => new SessionEvents(as(process)).insert([aRow()]))).toBe('ACCESS_DENIED')
  })

  it.each(['ingest', 'correlator', 'api'] as const)('cannot delete or change tables as %s', async (process) => {
    for (const sql of ['DROP TABLE session_events', 'TRUNCATE TABLE hops', "ALTER TABLE session_events DELETE WHERE tenant = 'a'"]) {
      expect(await refused(() => as(process).query({ name: 'test.forbidden', sql, row: nothing }))).toBe('ACCESS_DENIED')
    }
  })

  it('cannot raise the api’s limits', async () => {
    const query = { name: 'test.limits', sql: 'SELECT 1 AS one SETTINGS max_execution_time = 3600', row: nothing }
    expect(await refused(() => as('api').query(query))).toBe('SETTING_CONSTRAINT_VIOLATION')
  })

  it('lets retention delete what is old', async () => {
    await new SessionEvents(as('ingest')).insert([aRow({ session_id: id(2), tenant: 'old', ts: '1600000000000000' })])
    const nowMs = Date.UTC(2027, 0, 1)
    expect(await applyRetention(as('retention'), { old: 10 }, nowMs)).toEqual([expect.objectContaining({ expired: 1 })])
    expect(await new Sessions(as('api')).find('old', id(2))).toBeNull()
  })
})

/** Tables that an app's sources write to: they import the repository, and call a method of it that inserts. */
function tablesWritten(directory: string): Set<string> {
  const sources = readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-support)?\.ts$|testing\//.test(file))
    .map((file) => readFileSync(join(root, directory, file), 'utf8'))
  const used = repositoryWriters().filter(({ repository, method }) =>
    sources.some((source) => new RegExp(`new ${repository}\\(`).test(source) && new RegExp(`\\.${method}\\(`).test(source)),
  )
  return new Set(used.map(({ table }) => table))
}

function repositoryWriters(): Writer[] {
  const files = readdirSync(join(root, 'libs/store/src/tables')).filter((file) => !file.endsWith('.test.ts'))
  return files.flatMap((file) => writersIn(readFileSync(join(root, 'libs/store/src/tables', file), 'utf8')))
}

type Writer = { repository: string; method: string; table: string }

function writersIn(source: string): Writer[] {
  const repository = /export class (\w+)/.exec(source)?.[1]
  if (repository === undefined) return []
  const methods = source.split(/\n {2}(?=(?:private )?(?:async )?\w+[(<])/)
  return methods.flatMap((method) => {
    const table = /store\.insert\(\s*'(\w+)'/.exec(method)?.[1]
    const name = /^(?:async )?(\w+)\(/.exec(method)?.[1]
    return table === undefined || name === undefined ? [] : [{ repository, method: name, table }]
  })
}
