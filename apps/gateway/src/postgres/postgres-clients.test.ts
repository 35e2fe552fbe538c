import { execFile, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aPostgresGateway } from './gateway.test-support.ts'

const hasPsql = process.env.CI === 'true' || spawnSync('pgbench', ['--version']).status === 0
const itWithPsql = hasPsql ? it : it.skip

type Gateway = Awaited<ReturnType<typeof aPostgresGateway>>
let server: PostgresServer
let gateway: Gateway

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

async function withGateway(use: (gateway: Gateway) => Promise<void>): Promise<void> {
  gateway = await aPostgresGateway([server])
  try {
    await use(gateway)
    expect(gateway.faults).toEqual([])
  } finally {
    await gateway.close()
  }
}

const environment = (token: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PGPASSWORD: token,
  PGCONNECT_TIMEOUT: '10',
  LC_ALL: 'C.UTF-8',
})
const arguments_ = (database = 'orders'): string[] => ['-h', '127.0.0.1', '-p', String(gateway.port), '-U', 'postgres', '-d', database]

async function untilAsleep(): Promise<void> {
  const { host, port, user, password, database } = server
  const watcher = new pg.Client({ host, port, user, password, database })
  await watcher.connect()
  const asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
  while ((await watcher.query(asleep)).rowCount === 0) {}
  await watcher.end()
}

type Ran = { code: number; stdout: string; stderr: string }
function run(command: string, args: string[], token: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { env: environment(token), maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}
const psql = (sql: string, token = gateway.mint().token, database = 'orders'): Promise<Ran> =>
  run('psql', ['-X', '-w', '-At', ...arguments_(database), '-c', sql], token)
const bodies: Gateway['bodies'] = (type) => gateway.bodies(type)

describe('psql through the gateway', () => {
  itWithPsql('gets its answer, and both are on record', () =>
    withGateway(async () => {
      expect(await psql("SELECT 1 AS one, 'é' AS two")).toMatchObject({ code: 0, stdout: '1|é\n' })
      await gateway.settled()
      expect(bodies('sql.statement')).toMatchObject([
        { text: "SELECT 1 AS one, 'é' AS two", mode: 'simple', kind: 'SELECT', transaction: 'idle' },
      ])
      const columns = [
        { name: 'one', oid: 23, type: 'int4' },
        { name: 'two', oid: 25, type: 'text' },
      ]
      expect(bodies('sql.result')).toMatchObject([{ tag: 'SELECT 1', rows: 1, columns, sample: [['1', 'é']], error: null }])
      expect(bodies('session.ended')).toContainEqual({ reason: 'client', message: null })
    }),
  )

  itWithPsql('copies in and out, with counts and samples', () =>
    withGateway(async () => {
      const file = join(await mkdtemp(join(tmpdir(), 'hoptrace-copy-')), 'rows.csv')
      writeFileSync(file, Array.from({ length: 1000 }, (_, n) => `${n},row ${n}\n`).join(''))
      const { token } = gateway.mint()
      const script = `CREATE TABLE copied (n int, t text)\n;\n\\copy copied FROM '${file}' CSV\n\\copy copied TO '${file}.out' CSV\n`
      const child = spawn('psql', ['-X', ...arguments_()], { env: environment(token) })
      child.stdin.end(script)
      expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
      expect(readFileSync(`${file}.out`, 'utf8')).toBe(readFileSync(file, 'utf8'))
      await gateway.settled()
      const bytes = readFileSync(file).length
      const sample = { utf8: readFileSync(file, 'utf8') }
      const copies = bodies('sql.result').flatMap((body) => (body.copy ? [{ rows: body.rows, ...body.copy }] : []))
      expect(copies).toMatchObject([
        { direction: 'in', rows: 1000, bytes, sample },
        { direction: 'out', rows: 1000, bytes, chunks: 1000, sample },
      ])
      expect(bodies('sql.notice')).toMatchObject([{ kind: 'copy', data: sample }])
      expect(bodies('sql.statement').map((body) => [body.kind, body.tables])).toEqual([
        ['CREATE', ['copied']],
        ['COPY', ['copied']],
        ['COPY', ['copied']],
      ])
    }),
  )

  itWithPsql('cancels a running query on Ctrl-C, and that is on record', () =>
    withGateway(async () => {
      const child = spawn('psql', ['-X', '-w', ...arguments_(), '-c', 'SELECT pg_sleep(60)'], { env: environment(gateway.mint().token) })
      let printed = ''
      child.stderr.on('data', (text: Buffer) => {
        printed += text.toString()
      })
      // A cancel that overtakes its query cancels nothing, as with PostgreSQL itself.
      await untilAsleep()
      child.kill('SIGINT')
      await new Promise((resolve) => child.on('exit', resolve))
      expect(printed).toContain('canceling statement due to user request')
      await gateway.settled()
      expect(bodies('sql.result')).toMatchObject([{ error: { sqlstate: '57014' }, tag: null }])
      expect(bodies('sql.notice')).toMatchObject([{ kind: 'cancel' }])
    }),
  )

  itWithPsql.each([
    ['an unknown token', 'hop_wrong', 'orders', 'FATAL:  the run token is not known'],
    ['no token', '', 'orders', 'no password supplied'],
    ['an unknown target', null, 'payroll', 'FATAL:  there is no postgres target of that name'],
    ['an unknown database of a target', null, 'orders/nothing', 'has no such database'],
  ])('reads why it was refused: %s', (_, token, database, message) =>
    withGateway(async () => {
      const refused = await psql('SELECT 1', token ?? gateway.mint().token, database)
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain(message)
      expect(refused.stderr).not.toContain(server.password)
    }),
  )

  itWithPsql('sees several results of one string, each recorded on its own', () =>
    withGateway(async () => {
      const text = 'SELECT 1; CREATE TABLE multi (a int); INSERT INTO multi VALUES (1),(2); SELECT 1/0; SELECT 2'
      expect((await psql(text)).code).toBe(1)
      await gateway.settled()
      expect(bodies('sql.statement')[0]?.parts).toHaveLength(5)
      expect(bodies('sql.result').map(({ index, tag, rows, error }) => [index, tag, rows, error?.sqlstate])).toEqual([
        [0, 'SELECT 1', 1, undefined],
        [1, 'CREATE TABLE', null, undefined],
        [2, 'INSERT 0 2', 2, undefined],
        [3, null, null, '22012'],
      ])
    }),
  )
})

describe('pgbench through the gateway', () => {
  itWithPsql('has every transaction on record in each of its protocols', () =>
    withGateway(async () => {
      const { token } = gateway.mint()
      expect((await run('pgbench', ['-i', '-q', ...arguments_().slice(0, 6), 'orders'], token)).code).toBe(0)
      for (const mode of ['simple', 'extended', 'prepared']) {
        const before = gateway.of('sql.statement').length
        const ran = await run('pgbench', ['-S', '-n', '-c', '4', '-t', '50', '-M', mode, ...arguments_().slice(0, 6), 'orders'], token)
        expect(ran.stdout).toContain('number of transactions actually processed: 200/200')
        await until(() => gateway.recordings.openCount === 0)
        const statements = bodies('sql.statement')
          .slice(before)
          .filter((body) => body.text.includes('abalance'))
        expect(statements).toHaveLength(200)
        expect(statements[0]).toMatchObject({ tables: ['pgbench_accounts'], mode: mode === 'simple' ? 'simple' : 'extended' })
        expect(statements[0]?.params).toHaveLength(mode === 'simple' ? 0 : 1)
      }
      const tagged = bodies('sql.result').filter((body) => body.columns[0]?.name === 'abalance')
      expect(tagged.every((body) => body.rows === 1 && body.sample.length === 1)).toBe(true)
    }),
  )
})

describe('a pooled driver through the gateway', () => {
  const pool = (token: string, max = 4) => {
    const clients = new pg.Pool({ host: '127.0.0.1', port: gateway.port, user: 'postgres', password: token, database: 'orders', max })
    return clients.on('error', () => {})
  }

  it('has its bind values, errors and prepared statements on record', () =>
    withGateway(async () => {
      const clients = pool(gateway.mint().token)
      const rows = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          clients.query({ name: 'doubled', text: 'SELECT $1::int * 2 AS n, $2::text AS t', values: [n, `v${n}`] }),
        ),
      )
      expect(rows.map((answer) => answer.rows[0]?.n)).toEqual(Array.from({ length: 20 }, (_, n) => n * 2))
      await expect(clients.query('SELECT $1::int / 0', [7])).rejects.toMatchObject({ code: '22012' })
      await clients.end()
      await gateway.settled()
      const doubled = bodies('sql.statement').filter((body) => body.prepared === 'doubled')
      expect(doubled.map((body) => body.params.map((param) => param.value)).sort()).toEqual(
        Array.from({ length: 20 }, (_, n) => [String(n), `v${n}`]).sort(),
      )
      expect(bodies('sql.result').filter((body) => body.error)).toMatchObject([
        { error: { sqlstate: '22012', message: 'division by zero' } },
      ])
      expect(
        bodies('sql.result')
          .filter((body) => body.columns.length === 2)
          .every((body) => body.sample.length === 1),
      ).toBe(true)
    }))

  it('hears notifications, which are on record with what set them off', () =>
    withGateway(async () => {
      const clients = pool(gateway.mint().token)
      const listener = await clients.connect()
      const heard = new Promise((resolve) => listener.once('notification', resolve))
      await listener.query('LISTEN jobs')
      await clients.query("NOTIFY jobs, 'job 7 at db.internal'")
      expect(await heard).toMatchObject({ channel: 'jobs', payload: 'job 7 at db.internal' })
      listener.release()
      await clients.end()
      await gateway.settled()
      expect(bodies('sql.notice')).toMatchObject([{ kind: 'notification', channel: 'jobs', message: 'job 7 at db.internal' }])
      expect(gateway.of('sql.notice')[0]?.observables).toMatchObject([{ kind: 'host', value: 'db.internal', role: 'answered' }])
    }))

  it('finds what was asked and what was answered as observables', () =>
    withGateway(async () => {
      const clients = pool(gateway.mint().token)
      await clients.query("SELECT 'bastion.internal' AS host, 'S3cret-pa55' AS secret WHERE 'x' <> $1", ['10.1.2.3'])
      await clients.end()
      await gateway.settled()
      const asked = gateway.of('sql.statement')[0]?.observables.map(({ kind, role, at }) => [kind, role, at])
      expect(asked).toContainEqual(['address', 'asked', '/params/0/value'])
      expect(asked).toContainEqual(['host', 'asked', '/text'])
      const answered = gateway.of('sql.result')[0]?.observables.map(({ kind, role, at }) => [kind, role, at])
      expect(answered).toContainEqual(['host', 'answered', '/sample/0/0'])
      expect(answered).toContainEqual(['credential', 'answered', '/sample/0/1'])
    }))

  it('keeps hostile text exactly as it came', () =>
    withGateway(async () => {
      const hostile = '\u001b[31mred\u001b[0m <script>alert(1)</script>\n\n\n=cmd()\u202e\r\nDROP TABLE x;'
      const clients = pool(gateway.mint().token)
      const { rows } = await clients.query('SELECT $1::text AS t', [hostile])
      expect(rows).toEqual([{ t: hostile }])
      await clients.end()
      await gateway.settled()
      expect(bodies('sql.statement')[0]?.params[0]?.value).toBe(hostile)
      expect(bodies('sql.result')[0]?.sample).toEqual([[hostile]])
    }))

  it('records an answer of 200 columns and 100,000 rows by its sample and its counts', () =>
    withGateway(async () => {
      const clients = pool(gateway.mint().token)
      const client = await clients.connect()
      const columns = Array.from({ length: 200 }, (_, n) => `g + ${n} AS c${n}`).join(', ')
      const answer = await client.query({
        text: `SELECT ${columns} FROM generate_series(1, 100000) g`,
        rowMode: 'array',
        types: { getTypeParser: () => () => 0 },
      })
      expect(answer.rows).toHaveLength(100_000)
      client.release()
      await clients.end()
      await gateway.settled()
      const [result] = bodies('sql.result')
      expect(result).toMatchObject({ rows: 100_000, tag: 'SELECT 100000' })
      expect(result?.columns).toHaveLength(200)
      expect(result?.sample[0]).toHaveLength(200)
      expect(result?.truncated?.total).toBe(100_000)
      expect(result?.sample.length).toBeGreaterThanOrEqual(100)
      expect(result?.bytes).toBeGreaterThan(100_000_000)
    }))
})
