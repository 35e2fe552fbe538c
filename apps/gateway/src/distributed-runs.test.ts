import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { KafkaPublisher } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { type KafkaBroker, kafkaMissing, type PostgresServer, startKafka, startPostgres } from '@hoptrace/testing'
import ssh2 from 'ssh2'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { RunLog } from './access/run-log.ts'
import { aClient, ask, attempt, type Instance, mint, startInstance } from './distributed.test-support.ts'
import { readTopic, settingsOf, until } from './relay/kafka.test-support.ts'

const STALE = '57P03'
const REFUSED = '28P01'
const LONG = { timeout: 30_000, interval: 100 }

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('the runs of several gateways', () => {
  let broker: KafkaBroker
  let target: PostgresServer
  let tenant: string
  const instances: Instance[] = []

  beforeAll(async () => {
    ;[broker, target] = await Promise.all([startKafka({ own: true }), startPostgres()])
  })
  afterAll(() => Promise.all([broker.stop(), target.stop()]))
  afterEach(async () => {
    await Promise.all(instances.splice(0).map((instance) => instance.close()))
  })

  async function start(id: string, over: { writerUrl?: string; dataDir?: string } = {}): Promise<Instance> {
    const instance = await startInstance({ id, broker, target, tenant, ...over })
    instances.push(instance)
    return instance
  }

  /** One gateway that writes the runs and one that follows it, both of a tenant of their own. */
  async function aPair(): Promise<{ writer: Instance; reader: Instance }> {
    tenant = `t-${randomBytes(4).toString('hex')}`
    const writer = await start('gw-writer')
    const reader = await start('gw-reader', { writerUrl: writer.url })
    await until(() => reader.gateway.runs.state.isFresh)
    return { writer, reader }
  }

  const revoke = (at: Instance, token: string, run: string) => ask(at.url, token, `/runs/${run}/revoke`, { reason: 'misdirected' })
  const reasonsOf = (instance: Instance) =>
    instance.recorded().flatMap((event) => (event.type === 'access.decided' ? [event.body.reason] : []))

  it('are minted at the one that writes them, and open sessions at another', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(writer, writer.operatorToken)
    await until(() => reader.gateway.runs.known.find(id) !== null)
    expect(await attempt(reader, token)).toBe('42')
    const health = await ask(reader.url, token, '/healthz')
    const writes = { gatewayId: 'gw-writer', epoch: 1 }
    expect(health.body).toMatchObject({ relay: { lastErrorCode: null }, runs: { role: 'reader', isFresh: true, writer: writes } })
    await reader.close()
    const allowed = reader.recorded().find((event) => event.type === 'access.decided')
    expect(allowed).toMatchObject({ run: id, principal: 'agent-a', body: { decision: 'allow' } })
  })

  it('end everywhere with their sessions once a revocation is answered for', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(reader, writer.operatorToken)
    const client = aClient(reader, token)
    await client.connect()
    let isEnded = false
    client.on('end', () => {
      isEnded = true
    })
    expect(await revoke(writer, writer.operatorToken, id)).toMatchObject({ status: 200, body: { revoked: [id] } })
    await until(() => isEnded)
    expect(await attempt(reader, token)).toBe(REFUSED)
    await reader.close()
    expect(reasonsOf(reader)).toEqual([null, 'revoked'])
    expect(reader.recorded()).toContainEqual(
      expect.objectContaining({ type: 'session.ended', body: expect.objectContaining({ reason: 'revoked' }) }),
    )
  })

  it('let nobody in where nothing was heard for 5 s, leave open sessions alone, and go on when the broker answers again', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(reader, writer.operatorToken)
    const client = aClient(reader, token)
    await client.connect()
    broker.pause()
    try {
      await until(() => !reader.gateway.runs.state.isFresh)
      expect(await attempt(reader, token)).toBe(STALE)
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      expect(await attempt(writer, token)).toBe('42')
      expect(await ask(reader.url, token, '/runs')).toMatchObject({ status: 503, body: { title: 'runs-stale' } })
      expect(await revoke(writer, writer.operatorToken, id)).toMatchObject({ status: 503, body: { title: 'revocation-not-published' } })
      expect(await attempt(writer, token)).toBe(REFUSED)
    } finally {
      broker.resume()
    }
    const ended = new Promise<void>((resolve) => client.on('end', resolve))
    await until(() => reader.gateway.runs.state.isFresh)
    await ended
    const other = await mint(reader, writer.operatorToken)
    expect(await attempt(reader, other.token)).toBe('42')
    await reader.close()
    expect(reasonsOf(reader)).toContain('runs-stale')
  })

  it('are delegated through a gateway that does not write them, with the lineage that the token proves', async () => {
    const { writer, reader } = await aPair()
    const parent = await mint(writer, writer.operatorToken)
    const child = await mint(reader, parent.token, { principal: 'agent-b', ttlSeconds: 60 })
    expect(writer.gateway.runs.known.find(child.id)?.run).toMatchObject({ rootPrincipal: 'agent-a', lineage: [parent.id] })
    expect(await attempt(reader, child.token)).toBe('42')
    const beyond = { principal: 'agent-b', ttlSeconds: 60, grants: [{ target: 'payroll', protocol: 'postgres' }] }
    expect(await ask(reader.url, parent.token, '/runs', beyond)).toMatchObject({ status: 400, body: { title: 'unknown-target' } })
    expect(await ask(reader.url, 'hop_nobody', '/runs', beyond)).toMatchObject({ status: 401 })
    expect(await revoke(reader, writer.operatorToken, parent.id)).toMatchObject({ status: 200, body: { revoked: [parent.id, child.id] } })
    expect(await attempt(reader, child.token)).toBe(REFUSED)
  })

  it('are started and revoked over SSH at a gateway that does not write them', async () => {
    const { writer, reader } = await aPair()
    const ssh = (command: string) => controlOverSsh(reader, writer.operatorToken, command)
    const started = JSON.parse(await ssh('run start --principal agent-c --grant orders:postgres'))
    expect(await attempt(reader, started.token)).toBe('42')
    expect(JSON.parse(await ssh(`run revoke ${started.run.id}`))).toEqual({ revoked: [started.run.id] })
    expect(await attempt(writer, started.token)).toBe(REFUSED)
  })

  it('let nobody in anywhere, and cannot be started, while their writer is away', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(reader, writer.operatorToken)
    await writer.close()
    const request = { principal: 'agent-a', ttlSeconds: 60, grants: [] }
    const refused = await ask(reader.url, writer.operatorToken, '/runs', request)
    expect(refused).toMatchObject({ status: 503, body: { title: 'writer-unreachable' } })
    await until(() => !reader.gateway.runs.state.isFresh)
    expect(await attempt(reader, token)).toBe(STALE)
    await start('gw-writer', { dataDir: writer.dataDir })
    await until(() => reader.gateway.runs.state.isFresh)
    expect(reader.gateway.runs.known.find(id)?.state).toBe('live')
    expect(await attempt(reader, token)).toBe('42')
  })

  it('are published by a writer that died before it had, and known to a gateway that starts later', async () => {
    tenant = `t-${randomBytes(4).toString('hex')}`
    broker.pause()
    const writer = await start('gw-writer')
    let kept: { id: string; token: string }
    try {
      kept = await mint(writer, writer.operatorToken)
      const gone = await mint(writer, writer.operatorToken)
      await revoke(writer, writer.operatorToken, gone.id)
      await writer.close()
    } finally {
      broker.resume()
    }
    const again = await start('gw-writer', { dataDir: writer.dataDir })
    await until(() => again.gateway.runs.state.writer !== null && again.gateway.runs.state.unpublished === 0)
    const reader = await start('gw-reader', { writerUrl: again.url })
    await until(() => reader.gateway.runs.state.isFresh)
    expect(
      reader.gateway.runs.known
        .list()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['live', 'revoked'])
    expect(await attempt(reader, kept.token)).toBe('42')
  })

  it('stay revoked in the topic when the broker takes late what their writer had sent before', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(writer, writer.operatorToken)
    await until(() => reader.gateway.runs.known.find(id) !== null)
    const ofRun = async () =>
      (await readTopic(broker, topics.runs)).filter(({ key }) => key === `${tenant}/${id}`).map(({ value }) => String(value))
    const [live = ''] = await ofRun()
    await revoke(writer, writer.operatorToken, id)
    const late = await KafkaPublisher.connect(settingsOf(broker))
    await late.send(topics.runs, [{ key: `${tenant}/${id}`, value: live }])
    await late.close()
    await vi.waitFor(
      async () => expect((await ofRun()).map((value) => JSON.parse(value).state)).toEqual(['live', 'revoked', 'live', 'revoked']),
      LONG,
    )
    const other = await start('gw-other', { writerUrl: writer.url })
    await until(() => other.gateway.runs.state.isFresh)
    expect([await attempt(reader, token), await attempt(other, token)]).toEqual([REFUSED, REFUSED])
  })

  it('have one writer: of two, the one that came first steps down, and what it knew is not lost', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(writer, writer.operatorToken)
    const second = await start('gw-second')
    await until(() => writer.gateway.runs.state.role === 'reader')
    expect(second.gateway.runs.state).toMatchObject({ role: 'writer', writer: { gatewayId: 'gw-second', epoch: 2 } })
    expect(writer.gateway.runs.state.writer).toEqual({ gatewayId: 'gw-second', epoch: 2 })
    const request = { principal: 'agent-a', ttlSeconds: 60, grants: [] }
    expect(await ask(writer.url, writer.operatorToken, '/runs', request)).toMatchObject({ status: 503, body: { title: 'not-the-writer' } })
    await until(() => reader.gateway.runs.state.writer?.gatewayId === 'gw-second')
    expect(await attempt(reader, token)).toBe('42')
    expect(await revoke(second, second.operatorToken, id)).toMatchObject({ status: 200, body: { revoked: [id] } })
    await until(() => writer.gateway.runs.known.find(id)?.state === 'revoked')
    expect(await attempt(writer, token)).toBe(REFUSED)
  })

  it('are taken over from the topic by a writer that has no log of them', async () => {
    const { writer, reader } = await aPair()
    const [live, gone] = [await mint(writer, writer.operatorToken), await mint(writer, writer.operatorToken)]
    await revoke(writer, writer.operatorToken, gone.id)
    await writer.close()
    const heir = await start('gw-heir')
    await until(() => heir.gateway.runs.state.writer?.epoch === 2)
    expect([await attempt(heir, live.token), await attempt(heir, gone.token)]).toEqual(['42', REFUSED])
    expect(await revoke(heir, heir.operatorToken, live.id)).toMatchObject({ status: 200, body: { revoked: [live.id] } })
    await until(() => reader.gateway.runs.known.find(live.id)?.state === 'revoked')
    await heir.close()
    const again = new RunLog(join(heir.dataDir, 'runs.log'))
    expect(again.entries.map(({ kind }) => kind)).toEqual(['minted', 'minted', 'revoked', 'revoked'])
    again.close()
  })

  it('stand in the topic without their tokens, and their events on the bus once', async () => {
    const { writer, reader } = await aPair()
    const { id, token } = await mint(writer, writer.operatorToken)
    await until(() => reader.gateway.runs.known.find(id) !== null)
    await Promise.all([writer.close(), reader.close()])
    const runs = (await readTopic(broker, topics.runs)).map(({ value }) => String(value)).filter((value) => value.includes(tenant))
    expect(runs.some((value) => value.includes(id))).toBe(true)
    for (const secret of [token, writer.operatorToken]) expect(runs.join()).not.toContain(secret)
    const events = (await readTopic(broker, topics.events)).map(({ value }) => String(value)).filter((value) => value.includes(tenant))
    expect(events.filter((value) => JSON.parse(value).type === 'run.started')).toHaveLength(1)
    expect(events.length).toBe(writer.recorded().length + reader.recorded().length)
  })
})

/** What `ssh hoptrace@gateway …` prints; rejects when it ends with another status than 0. */
function controlOverSsh({ gateway }: Instance, password: string, command: string): Promise<string> {
  const port = Number(gateway.listeners.ssh?.split(':').at(-1))
  const connection = new ssh2.Client()
  return new Promise<string>((resolve, reject) => {
    connection.on('error', reject)
    connection.on('ready', () => {
      connection.exec(command, (error, channel) => {
        if (error) return reject(error)
        let stdout = ''
        channel.on('data', (bytes: Buffer) => {
          stdout += bytes
        })
        channel.stderr.resume()
        channel.on('exit', (status: number) => (status === 0 ? resolve(stdout) : reject(new Error(`status ${status}`))))
      })
    })
    connection.connect({ host: '127.0.0.1', port, username: 'hoptrace', password })
  }).finally(() => connection.end())
}
