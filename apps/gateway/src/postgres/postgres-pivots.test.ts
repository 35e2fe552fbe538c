import { execFile, spawnSync } from 'node:child_process'
import { digestValue } from '@hoptrace/events'
import { type PostgresServer, startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import { aPostgresGateway } from './gateway.test-support.ts'

const hasPsql = process.env.CI === 'true' || spawnSync('psql', ['--version']).status === 0
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

type Gateway = Awaited<ReturnType<typeof aPostgresGateway>>

async function recorded(use: (gateway: Gateway) => Promise<void>): Promise<Gateway> {
  const gateway = await aPostgresGateway([server])
  await use(gateway)
  await gateway.settled()
  expect(gateway.faults).toEqual([])
  return gateway
}

async function withClient(gateway: Gateway, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: gateway.port,
    user: 'postgres',
    password: gateway.mint().token,
    database: 'orders',
  })
  await client.connect()
  await use(client)
  await client.end()
}
const named = (value: string) =>
  expect.objectContaining({ kind: 'host', role: 'named', at: '/command', digest: digestValue(aDigestKey, 'host', value) })
/** What the server makes of it is another matter. */
const refused = () => undefined

describe('pivots in SQL', () => {
  it.skipIf(!hasPsql)('of psql’s statements are on record behind them, whatever the server makes of them', async () => {
    const gateway = await recorded(async ({ port, mint }) => {
      const sql = [
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db-2.internal', port '5433')",
        "COPY (SELECT 1) TO PROGRAM 'true || ssh ops@bastion.internal'",
        'SELECT 1',
      ]
      const env = { ...process.env, PGPASSWORD: mint().token }
      const args = [
        '-X',
        '-w',
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        'postgres',
        '-d',
        'orders',
        ...sql.flatMap((text) => ['-c', text]),
      ]
      await new Promise((resolve) => execFile('psql', args, { env }, resolve))
    })
    const statements = gateway.of('sql.statement')
    const pivots = gateway.of('pivot.named')
    expect(pivots.map(({ seq, body }) => [seq - body.event, body.at, body.tool, body.relation, body.host, body.port])).toEqual([
      [1, '/text', 'server', 'connect', 'db-2.internal', 5433],
      [1, '/text', 'ssh', 'connect', 'bastion.internal', null],
    ])
    expect(pivots.map(({ body }) => body.event)).toEqual(statements.slice(0, 2).map(({ seq }) => seq))
    expect(pivots.map(({ observables }) => observables)).toEqual([[named('db-2.internal')], [named('bastion.internal')]])
    for (const { body } of pivots) expect(body.command.slice(body.offset ?? 0)).toMatch(/^(?:db-2|bastion)\.internal'/)
  })

  it('of a prepared statement are named when it is run, once', async () => {
    const text = "SELECT dblink_connect('host=db-3.internal password=hunter2')"
    const gateway = await recorded((opened) =>
      withClient(opened, async (client) => {
        await client.query('CREATE FUNCTION dblink_connect(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$')
        for (let n = 0; n < 3; n += 1) await client.query({ name: 'out', text })
        await client.query('DROP FUNCTION dblink_connect')
      }),
    )
    const runs = gateway.of('sql.statement').filter(({ body }) => body.text === text)
    const pivots = gateway.of('pivot.named')
    expect([runs.length, pivots.map(({ body }) => [body.event, body.host])]).toEqual([3, [[runs[0]?.seq, 'db-3.internal']]])
    const secret = { kind: 'credential', role: 'presented', at: '/command', digest: digestValue(aDigestKey, 'credential', 'hunter2') }
    expect(pivots[0]?.observables).toEqual([named('db-3.internal'), expect.objectContaining(secret)])
  })

  it('of bind values are named as often as they name something else', async () => {
    const gateway = await recorded((opened) =>
      withClient(opened, async (client) => {
        const text = 'SELECT dblink_connect($1::text)'
        const hosts = ['db-5.internal', 'db-5.internal', 'db-6.internal']
        for (const host of hosts) await client.query({ name: 'out', text, values: [`host=${host}`] }).catch(refused)
        await client.query('CREATE FUNCTION dblink_connect(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$')
        for (const host of hosts) await client.query({ name: 'out', text, values: [`host=${host}`] })
        await client.query('DROP FUNCTION dblink_connect')
      }),
    )
    const pivots = gateway.of('pivot.named').slice(-2)
    expect(pivots.map(({ body }) => [body.tool, body.host, body.offset])).toEqual([
      ['dblink', 'db-5.internal', null],
      ['dblink', 'db-6.internal', null],
    ])
    const inField = (host: string) => expect.objectContaining({ role: 'named', at: '/host', digest: digestValue(aDigestKey, 'host', host) })
    expect(pivots.map(({ observables }) => observables)).toEqual([[inField('db-5.internal')], [inField('db-6.internal')]])
  })

  it('stand whole in a text of many statements, one of which is none', async () => {
    const gateway = await recorded((opened) =>
      withClient(opened, (client) =>
        client.query("SELEC 1; CREATE SUBSCRIPTION s CONNECTION 'host=db-4.internal' PUBLICATION p").catch(refused),
      ),
    )
    expect(gateway.bodies('pivot.named').map(({ tool, host }) => [tool, host])).toEqual([['subscription', 'db-4.internal']])
  })

  it('are none in words that only look like them', async () => {
    const gateway = await recorded((opened) =>
      withClient(opened, (client) =>
        client.query("SELECT 'CREATE SERVER s OPTIONS (host ''x'')', 'dblink' AS program /* COPY t TO PROGRAM 'ssh x' */"),
      ),
    )
    expect(gateway.bodies('pivot.named')).toEqual([])
  })

  it('stand beside the trace that a comment names', async () => {
    const gateway = await recorded((opened) =>
      withClient(opened, (client) => client.query(`SELECT 1 /*action='list',traceparent='${TRACEPARENT}'*/`)),
    )
    const trace = TRACEPARENT.slice(3, 35)
    expect(gateway.of('sql.statement')[0]?.observables).toEqual([
      expect.objectContaining({ kind: 'trace', role: 'asked', at: '/text', value: trace, digest: digestValue(aDigestKey, 'trace', trace) }),
    ])
  })
})
