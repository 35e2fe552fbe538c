import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type PostgresServer, startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { checkPostgresTarget } from './check-target.ts'
import { aPostgresGateway, type TestTarget } from './gateway.test-support.ts'
import { MessageReader } from './message-reader.ts'
import type { PostgresProxyOptions } from './postgres-proxy.ts'
import { readResponseFields } from './response-fields.ts'
import { readMessage } from './socket-reader.ts'
import { cstring, int32, message, SSL_REQUEST, startupPacket } from './wire.ts'
import { playScript, type Traffic } from './wire-capture.test-support.ts'
import { fixture } from './wire-fixtures.test-support.ts'
import { frontend, wireScripts } from './wire-scripts.test-support.ts'

const loopback = '127.0.0.1'
type Gateway = Awaited<ReturnType<typeof aPostgresGateway>>
let server: PostgresServer
let tls: { cert: string; key: string }
const open: Gateway[] = []

beforeAll(async () => {
  tls = selfSigned()
  server = await startPostgres({ tls })
})
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close()
})
afterAll(() => server.stop())

/** A certificate for localhost that nobody but itself signed. */
function selfSigned(): { cert: string; key: string } {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-tls-'))
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  })
  return { cert, key }
}

async function aGateway(target: Partial<TestTarget> = {}, over: Partial<PostgresProxyOptions> = {}, listen = loopback): Promise<Gateway> {
  const gateway = await aPostgresGateway([{ ...server, ...target }], over, listen)
  open.push(gateway)
  return gateway
}

function aClient(gateway: Gateway, over: pg.ClientConfig = {}): pg.Client {
  const client = new pg.Client({
    host: loopback,
    port: gateway.port,
    user: 'postgres',
    password: gateway.mint().token,
    database: 'orders',
    ...over,
  })
  return client.on('error', () => {})
}

const startup = (parameters: Record<string, string>, code = 196_608): Buffer =>
  startupPacket(
    code,
    Buffer.concat([...Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)]), Buffer.from([0])]),
  )

async function aRawConnection(gateway: Gateway, host = loopback): Promise<Socket> {
  const socket = connect(gateway.port, host)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket.on('error', () => {})
}

async function aRawSession(gateway: Gateway): Promise<Socket> {
  const socket = await aRawConnection(gateway)
  socket.write(startup({ user: 'postgres', database: 'orders' }))
  await readMessage(socket, 1000)
  socket.write(message('p', gateway.mint().token))
  while ((await readMessage(socket, 10_000)).type !== 'Z') {}
  return socket
}

async function refusalOf(socket: Socket): Promise<{ sqlstate: string; message: string }> {
  for (;;) {
    const { type, body } = await readMessage(socket, 100_000)
    if (type !== 'E') continue
    const { sqlstate, message: text } = readResponseFields(new MessageReader().reset(body, 0, body.length))
    return { sqlstate, message: text }
  }
}

const closed = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => (socket.destroyed ? resolve(null) : socket.once('close', resolve).resume()))
const ended = (gateway: Gateway) => gateway.bodies('session.ended')

describe('a caller at the door', () => {
  it('is encrypted where it asks for it', async () => {
    const gateway = await aGateway({}, { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } })
    const client = aClient(gateway, { host: 'localhost', ssl: { ca: readFileSync(tls.cert, 'utf8') }, application_name: 'auditor' })
    await client.connect()
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
    await gateway.settled()
    expect(gateway.bodies('session.started')).toContainEqual({ client: 'auditor', database: null, tls: true })
  })

  const outside = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find((found) => !found.internal && found.family === 'IPv4')?.address
  it.skipIf(outside === undefined)('from another machine and without TLS is refused before it is asked for a token', async () => {
    const gateway = await aGateway({}, {}, '0.0.0.0')
    const socket = await aRawConnection(gateway, outside)
    socket.write(startup({ user: 'postgres', database: 'orders' }))
    const first = await readMessage(socket, 1000)
    expect(first.type).toBe('E')
    expect(first.body.toString()).toContain('C28000\0MTLS is required')
    await closed(socket)
    expect(gateway.bodies('access.decided')).toMatchObject([{ decision: 'deny', reason: 'tls-required', method: 'none' }])
  })

  it('may not slip bytes in front of the TLS handshake', async () => {
    const gateway = await aGateway({}, { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } })
    const socket = await aRawConnection(gateway)
    socket.write(Buffer.concat([startupPacket(SSL_REQUEST, Buffer.alloc(0)), startup({ user: 'postgres', database: 'orders' })]))
    expect(await refusalOf(socket)).toEqual({ sqlstate: '08P01', message: 'received unencrypted data after SSL request' })
  })

  it('is told that there is neither GSSAPI nor TLS, and goes on in clear on loopback', async () => {
    const gateway = await aGateway()
    const socket = await aRawConnection(gateway)
    socket.write(
      Buffer.concat([
        startupPacket(80_877_104, Buffer.alloc(0)),
        startupPacket(SSL_REQUEST, Buffer.alloc(0)),
        startup({ user: 'postgres', database: 'orders' }),
      ]),
    )
    const answer = await new Promise<Buffer>((resolve) => {
      let seen = Buffer.alloc(0)
      socket.on('data', (bytes: Buffer) => {
        seen = Buffer.concat([seen, bytes])
        if (seen.length >= 11) resolve(seen)
      })
    })
    expect(answer.toString('latin1')).toBe('NNR\0\0\0\b\0\0\0\u0003')
  })

  it.each<[string, Buffer, string]>([
    ['a startup packet of 4 GB', Buffer.from('fffffff000030000', 'hex'), '08P01'],
    ['a startup packet of 20 KB', startup({ user: 'x'.repeat(20_000) }), '08P01'],
    ['protocol 2', startup({ user: 'a' }, 131_072), '08P01'],
    ['no user', startup({ database: 'orders' }), '08P01'],
    ['half a pair', startupPacket(196_608, Buffer.from('user\0a')), '08P01'],
    ['replication', startup({ user: 'postgres', database: 'orders', replication: 'database' }), '28000'],
  ])('is refused with an error of the protocol for %s', async (_, packet, sqlstate) => {
    const gateway = await aGateway()
    const socket = await aRawConnection(gateway)
    socket.write(packet)
    expect((await refusalOf(socket)).sqlstate).toBe(sqlstate)
    await closed(socket)
    expect(gateway.faults).toEqual([])
  })

  it('that says nothing, or stops half way, is closed in time', async () => {
    const gateway = await aGateway({}, { startupTimeoutMs: 50 })
    for (const bytes of [Buffer.alloc(0), Buffer.from([0, 0]), startup({ user: 'postgres', database: 'orders' })]) {
      const socket = await aRawConnection(gateway)
      socket.write(bytes)
      expect((await refusalOf(socket)).sqlstate).toBe('57014')
      await closed(socket)
    }
  })

  it('is one of a bounded number that have not logged in; sessions do not count', async () => {
    const gateway = await aGateway({}, { maxStrangers: 2 })
    const client = aClient(gateway)
    await client.connect()
    const [first] = [await aRawConnection(gateway), await aRawConnection(gateway)]
    await closed(await aRawConnection(gateway))
    first?.destroy()
    let again = aClient(gateway)
    const isIn = () =>
      again.connect().then(
        () => true,
        () => false,
      )
    while (!(await isIn())) again = aClient(gateway)
    await Promise.all([client.end(), again.end()])
  })

  it('that asks for a newer protocol is told which one is spoken', async () => {
    const gateway = await aGateway()
    const socket = await aRawConnection(gateway)
    socket.write(startup({ user: 'postgres', database: 'orders', '_pq_.wish': '1' }, 196_608 + 9999))
    const { type, body } = await readMessage(socket, 1000)
    expect([type, body.toString('latin1')]).toEqual(['v', `${int32(196_610).toString('latin1')}${int32(1).toString('latin1')}_pq_.wish\0`])
  })

  it.each<[string, Partial<pg.ClientConfig>, string, string]>([
    ['a wrong account', { user: 'root' }, '28000', 'wrong-account'],
    ['a token nobody minted', { password: 'hop_wrong' }, '28P01', 'unknown-token'],
    ['a target nobody knows', { database: 'payroll' }, '3D000', 'unknown-target'],
  ])('is refused for %s, and that is on record', async (_, over, code, reason) => {
    const gateway = await aGateway()
    await expect(aClient(gateway, over).connect()).rejects.toMatchObject({ code, severity: 'FATAL' })
    expect(gateway.bodies('access.decided')).toMatchObject([{ decision: 'deny', reason }])
  })
})

describe('a target', () => {
  it.each<[string, Partial<TestTarget>]>([
    ['without TLS', {}],
    ['with TLS', { tls: 'require' }],
    ['with TLS that is verified', { tls: 'verify' }],
  ])('is reached with the gateway’s own credential, %s', async (_, target) => {
    const gateway = await aGateway(target.tls === 'verify' ? { ...target, ca: tls.cert } : target)
    const client = aClient(gateway)
    await client.connect()
    const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    expect(rows).toEqual([{ ssl: target.tls !== undefined }])
    await client.end()
    await gateway.settled()
    expect(JSON.stringify(gateway.events())).not.toContain(server.password)
  })

  it('that is down is named to the caller and on record', async () => {
    const gateway = await aGateway({ port: await freePort() })
    await expect(aClient(gateway).connect()).rejects.toMatchObject({ code: '08001', message: expect.stringContaining('is it running') })
    await gateway.settled()
    expect(gateway.bodies('access.decided')).toMatchObject([{ decision: 'allow' }, { decision: 'deny', reason: 'target-unreachable' }])
    expect(ended(gateway)[0]).toMatchObject({ reason: 'target' })
  })

  it('that refuses the credential is named without a word of it', async () => {
    const gateway = await aGateway({ password: 'Wr0ng-secret' })
    const refused = await aClient(gateway)
      .connect()
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: '08004' })
    await gateway.settled()
    expect(`${String(refused)}${JSON.stringify(gateway.events())}${JSON.stringify(gateway.faults)}`).not.toContain('Wr0ng-secret')
  })

  it('that resets in the middle of a query leaves an incomplete result and a caller that knows', async () => {
    const own = await startPostgres()
    const gateway = await aGateway(own)
    const client = aClient(gateway)
    await client.connect()
    const broken = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await until(() => gateway.of('sql.statement').length === 1)
    await own.kill()
    expect(await broken).toBeInstanceOf(Error)
    await gateway.settled()
    expect(gateway.bodies('sql.result')).toHaveLength(1)
    expect(ended(gateway)[0]).toMatchObject({ reason: 'target' })
    await own.stop()
  })

  it('that closes without a word is told to the caller as a lost connection', async () => {
    const silent = createServer((socket) => pretendToBePostgres(socket))
    const port = await freePort()
    await new Promise<void>((resolve) => silent.listen(port, loopback, resolve))
    const gateway = await aGateway({ port })
    const socket = await aRawSession(gateway)
    socket.write(frontend.query('SELECT 1'))
    expect(await refusalOf(socket)).toEqual({ sqlstate: '08006', message: 'the connection to the target was lost' })
    await gateway.settled()
    expect(gateway.bodies('sql.result')).toMatchObject([{ incomplete: true, tag: null, error: null }])
    expect(ended(gateway)[0]).toMatchObject({ reason: 'target' })
    silent.close()
  })

  it('is checked with what is wrong in words', async () => {
    const [good] = (await aGateway()).targets
    if (good?.protocol !== 'postgres') throw new Error('no postgres target')
    const { password } = server
    expect(await checkPostgresTarget(good, password)).toEqual({ ok: true })
    expect(await checkPostgresTarget({ ...good, tls: 'verify', ca: tls.cert }, password)).toEqual({ ok: true })
    const problems = await Promise.all([
      checkPostgresTarget({ ...good, address: `${loopback}:${await freePort()}` }, password),
      checkPostgresTarget({ ...good, address: 'no-such-host.invalid:5432' }, password),
      checkPostgresTarget(good, 'Wr0ng-secret'),
      checkPostgresTarget({ ...good, tls: 'verify' }, password),
      checkPostgresTarget({ ...good, database: 'nothing' }, password),
    ])
    const words = problems.map((check) => (check.ok ? 'ok' : check.problem))
    expect(words).toEqual([
      expect.stringContaining('refused the connection'),
      expect.stringContaining('host name is not known'),
      expect.stringContaining("refused the gateway's credential"),
      expect.stringContaining('no certificate that can be trusted'),
      expect.stringContaining('no such database'),
    ])
  })
})

// Accepts any login, and hangs up on the first question.
function pretendToBePostgres(socket: Socket): void {
  socket.once('data', () => {
    socket.write(Buffer.concat([message('R', int32(0)), message('K', int32(1), int32(2)), message('Z', Buffer.from('I'))]))
    socket.once('data', () => socket.destroy())
  })
  socket.on('error', () => {})
}

describe('a session', () => {
  it('ends at once when its run is revoked, and the caller reads why', async () => {
    const gateway = await aGateway()
    const { token, run } = gateway.mint()
    const client = aClient(gateway, { password: token })
    await client.connect()
    const cut = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await until(() => gateway.of('sql.statement').length === 1)
    gateway.runs.revoke(run, 'ana', 'looked wrong')
    expect(await cut).toMatchObject({ code: '57P01', severity: 'FATAL' })
    await gateway.settled()
    expect(ended(gateway)[0]).toMatchObject({ reason: 'revoked' })
    expect(gateway.bodies('sql.result')).toMatchObject([{ incomplete: true }])
  })

  it('whose caller vanishes leaves an incomplete result', async () => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    socket.write(frontend.query('SELECT pg_sleep(60)'))
    await until(() => gateway.of('sql.statement').length === 1)
    socket.resetAndDestroy()
    await gateway.settled()
    expect(ended(gateway)[0]).toMatchObject({ reason: 'client' })
    expect(gateway.bodies('sql.result')).toMatchObject([{ incomplete: true }])
  })

  it('is one of its own where cancel keys are concerned', async () => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    socket.write(frontend.query('SELECT pg_sleep(0)'))
    const stranger = await aRawConnection(gateway)
    stranger.write(startupPacket(80_877_102, Buffer.concat([int32(1), int32(2)])))
    await closed(stranger)
    while ((await readMessage(socket, 10_000)).type !== 'Z') {}
    socket.end(frontend.terminate())
    await gateway.settled()
    expect(gateway.bodies('sql.notice')).toEqual([])
  })

  it.each(['extended', 'pipeline', 'copy', 'call'])('carries the raw conversation “%s” byte for byte', async (name) => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    await playScript(socket, [{ send: frontend.query('DROP TABLE IF EXISTS wire; CREATE TABLE wire (n int)'), until: 'Z' }])
    socket.removeAllListeners('data')
    const traffic = await playScript(socket, wireScripts[name] ?? [])
    socket.end()
    const answered = (from: Traffic) =>
      Buffer.concat(from.filter((chunk) => chunk.from === 'target').map((chunk) => chunk.bytes)).toString('latin1')
    expect(answered(traffic)).toBe(answered(fixture(`${name}.txt`)))
    await gateway.settled()
    expect(gateway.faults).toEqual([])
  })

  it('keeps a NUL in SQL and bytes that are no UTF-8 as evidence, and the server refuses them', async () => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    const invalid = Buffer.concat([Buffer.from("SELECT '"), Buffer.from([0xff, 0xfe]), Buffer.from("'")])
    socket.write(message('Q', Buffer.from('SELECT 1\0; DROP TABLE x\0')))
    expect((await refusalOf(socket)).sqlstate).toBe('08P01')
    socket.write(message('Q', Buffer.concat([invalid, Buffer.from([0])])))
    expect((await refusalOf(socket)).sqlstate).toBe('22021')
    socket.end(frontend.terminate())
    await gateway.settled()
    const [withNul, notUtf8] = gateway.bodies('sql.statement')
    expect(withNul?.text).toBe('SELECT 1\0; DROP TABLE x')
    expect(notUtf8?.raw).toEqual({ base64: invalid.toString('base64') })
  })

  it('with a message of impossible length ends before the target sees it', async () => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    socket.write(Buffer.from([81, 0, 0, 0, 1]))
    expect(await refusalOf(socket)).toEqual({ sqlstate: '08P01', message: 'invalid message length' })
    await gateway.settled()
    expect(ended(gateway)[0]).toMatchObject({ reason: 'error', message: 'invalid message length' })
  })

  it('cannot hide what it drops behind 300 KiB of spaces', async () => {
    const gateway = await aGateway()
    const client = aClient(gateway)
    await client.connect()
    await client.query('CREATE TABLE hidden_a (n int); CREATE TABLE hidden_b (n int); CREATE TABLE hidden_c (n int)')
    await client.query(`${' '.repeat(300 * 1024)}DROP TABLE hidden_a`)
    await client.query({ text: `/*${'*'.repeat(2_000_000)}*/DROP TABLE hidden_b`, name: 'padded' })
    await client.query(`${'\n'.repeat(60 * 1024)}DROP TABLE hidden_c`)
    const left = await client.query("SELECT count(*)::int AS n FROM pg_tables WHERE tablename LIKE 'hidden_%'")
    expect(left.rows).toEqual([{ n: 0 }])
    await client.end()
    await gateway.settled()
    const drops = gateway.bodies('sql.statement').filter(({ kind }) => kind === 'DROP')
    expect(drops.map(({ tail }) => tail?.slice(-19))).toEqual(['DROP TABLE hidden_a', 'DROP TABLE hidden_b', 'DROP TABLE hidden_c'])
    expect(drops.map(({ tables }) => tables)).toEqual([['hidden_a'], ['hidden_b'], ['hidden_c']])
    const results = gateway.bodies('sql.result').filter(({ tag }) => tag === 'DROP TABLE')
    expect(results).toHaveLength(3)
    expect(gateway.faults).toEqual([])
  })

  it('runs a statement of 15 MiB, and is refused one above 16 MiB with 54000', async () => {
    const gateway = await aGateway()
    const client = aClient(gateway)
    await client.connect()
    const literal = 'x'.repeat(15 * 1024 * 1024)
    expect((await client.query(`SELECT length('${literal}') AS n`)).rows).toEqual([{ n: literal.length }])
    await expect(client.query(`SELECT length('${literal}${'x'.repeat(1024 * 1024)}')`)).rejects.toMatchObject({ code: '54000' })
    await gateway.settled()
    expect(ended(gateway)[0]).toMatchObject({ reason: 'error', message: expect.stringContaining('16 MiB') })
    const pieces = gateway.bodies('sql.notice').filter(({ kind }) => kind === 'text')
    expect(pieces.length).toBeGreaterThan(230)
  })

  it.each([
    ['Executes and then one Sync', 100_000, 'SELECT 1'],
    ['Executes that answer as little as can be', 280_000, ''],
    ['Executes after one that fails', 50_000, 'SELECT 1/0'],
  ])(
    'completes a pipeline of many %s',
    async (_, count, text) => {
      const gateway = await aGateway()
      const socket = await aRawSession(gateway)
      const pipeline = Buffer.concat([
        frontend.parse(text, 's'),
        frontend.bind([], { name: 's' }),
        ...Array.from({ length: count }, () => frontend.execute()),
        frontend.sync(),
      ])
      const traffic = await playScript(socket, [{ send: pipeline, until: 'Z' }])
      expect(Buffer.concat(traffic.filter(({ from }) => from === 'target').map(({ bytes }) => bytes)).at(-6)).toBe(90)
      socket.end(frontend.terminate())
      await gateway.settled()
      const types = gateway.events().map(({ type }) => type)
      expect(types.filter((type) => type === 'sql.statement')).toHaveLength(count)
      expect(types.filter((type) => type === 'sql.result')).toHaveLength(count)
      expect(gateway.faults).toEqual([])
    },
    120_000,
  )

  it('passes a 300 MB answer at constant memory, to a slow reader too', async () => {
    const gateway = await aGateway()
    const socket = await aRawSession(gateway)
    const answer = 'SELECT repeat(md5(g::text), 320) FROM generate_series(1, 30000) g'
    const peakOf = async (pauseEvery: number): Promise<{ bytes: number; peak: number }> => {
      globalThis.gc?.()
      const before = process.memoryUsage().arrayBuffers
      let [bytes, peak, chunks, tail] = [0, 0, 0, Buffer.alloc(0)]
      const done = new Promise<void>((resolve) => {
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          chunks += 1
          tail = Buffer.concat([tail, chunk]).subarray(-6)
          peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
          if (tail.toString('latin1').startsWith('Z\0\0\0\u0005')) resolve()
          else if (pauseEvery > 0 && chunks % pauseEvery === 0) {
            socket.pause()
            setImmediate(() => setImmediate(() => socket.resume()))
          }
        })
      })
      socket.write(frontend.query(answer))
      socket.resume()
      await done
      socket.removeAllListeners('data')
      return { bytes, peak }
    }
    for (const pauseEvery of [0, 1]) {
      const { bytes, peak } = await peakOf(pauseEvery)
      expect(bytes).toBeGreaterThan(300_000_000)
      expect(peak).toBeLessThan(64 * 1024 * 1024)
    }
    socket.end(frontend.terminate())
    await gateway.settled()
    const [result] = gateway.bodies('sql.result')
    expect(result).toMatchObject({ rows: 30_000, tag: 'SELECT 30000' })
    expect(result?.bytes).toBeGreaterThan(300_000_000)
  })
})
