import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CursorFile, SEGMENT_HEADER_BYTES } from '@hoptrace/bus'
import type { SessionEvent } from '@hoptrace/events'
import { freePort, type KafkaBroker, type PostgresServer } from '@hoptrace/testing'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import pg from 'pg'
import { loadConfig } from './config.ts'
import { ProblemFilter } from './control/problem.ts'
import { gatewayModule } from './gateway.module.ts'
import { Gateway } from './gateway.ts'
import { unobserved } from './gateway-observer.ts'
import { eventsIn } from './recording/recordings.test-support.ts'
import { RelayInProcess } from './relay/relay-in-process.ts'

export type Instance = Awaited<ReturnType<typeof startInstance>>

type Options = {
  id: string
  broker: KafkaBroker
  target: PostgresServer
  tenant: string
  writerUrl?: string
  dataDir?: string
  /** Of the spool: then it keeps nothing that was relayed. */
  bounds?: { segmentBytes: number; spool: { maxBytes: number } }
}

/** A whole gateway with its doors and its control endpoint, on a data directory of its own. Its spool keeps what was relayed. */
export async function startInstance(options: Options) {
  const { id, target, bounds, dataDir = mkdtempSync(join(tmpdir(), `hoptrace-${id}-`)) } = options
  const spool = join(dataDir, 'spool')
  const control = `127.0.0.1:${await freePort()}`
  const file = join(dataDir, 'hoptrace.yaml')
  writeFileSync(file, JSON.stringify(configOf({ ...options, dataDir, control })))
  const config = loadConfig({ HOPTRACE_CONFIG: file, ORDERS_PASSWORD: target.password })
  // A thread runs what was built, and tests run on the sources.
  const gateway = new Gateway(config, unobserved, (source, listener) => new RelayInProcess(source, listener))
  if (!bounds) await new CursorFile(spool, 'witness').save({ segment: 0, offset: SEGMENT_HEADER_BYTES })
  await gateway.start()
  const app = await NestFactory.create<NestExpressApplication>(gatewayModule(gateway), { logger: ['error'] })
  app.useGlobalFilters(new ProblemFilter())
  const [host = '', port] = control.split(':')
  await app.listen(Number(port), host)
  let isClosed = false
  return {
    gateway,
    dataDir,
    url: `http://${control}`,
    operatorToken: readFileSync(join(dataDir, 'operator.token'), 'utf8').trim(),
    recorded: (): SessionEvent[] => eventsIn(spool),
    close: async () => {
      if (isClosed) return
      isClosed = true
      await Promise.all([app.close(), gateway.close()])
    },
  }
}

function configOf({ id, broker, target, tenant, dataDir, control, writerUrl, bounds }: Options & { dataDir: string; control: string }) {
  const { host, port, user, database } = target
  const any = { listen: '127.0.0.1:0' }
  const runs = writerUrl ? { role: 'reader', writerUrl } : { role: 'writer' }
  const doors = { postgres: any, ssh: any, http: any, kubernetes: any, control: { listen: control } }
  const gateway = { id, ...doors, segmentBytes: 1024 * 1024, ...bounds, runs }
  const kafka = { brokers: broker.brokers, topics: { partitions: 3, replication: 1, retentionHours: 1 } }
  const password = { env: 'ORDERS_PASSWORD' }
  const orders = { name: 'orders', protocol: 'postgres', address: `${host}:${port}`, account: user, database, password }
  return { tenant, dataDir, gateway, kafka, targets: [orders] }
}

export type Answer = {
  status: number
  body: { [name: string]: unknown; type?: string; detail?: string; token?: string; run?: { id: string } }
}

/** A request to a gateway's control endpoint. */
export async function ask(url: string, token: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`${url}${path}`, { headers, ...post })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

/** Starts a run that may reach the target. */
export async function mint(
  at: Pick<Instance, 'url'>,
  token: string,
  over: Record<string, unknown> = {},
): Promise<{ id: string; token: string }> {
  const request = { principal: 'agent-a', ttlSeconds: 600, grants: [{ target: 'orders', protocol: 'postgres' }], ...over }
  const { status, body } = await ask(at.url, token, '/runs', request)
  if (status !== 201 || !body.run || !body.token) throw new Error(`${status} ${body.detail}`)
  return { id: body.run.id, token: body.token }
}

/** A client of the gateway's PostgreSQL door. */
export function aClient({ gateway }: Pick<Instance, 'gateway'>, token: string): pg.Client {
  const port = Number(gateway.listeners.postgres?.split(':').at(-1))
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: token, database: 'orders' })
  // A session that is ended from the gateway's side is an error of the connection to this client.
  client.on('error', () => {})
  return client
}

/** What becomes of an attempt at the target: its answer, or the SQLSTATE of the refusal. */
export async function attempt(at: Pick<Instance, 'gateway'>, token: string): Promise<string> {
  const client = aClient(at, token)
  try {
    await client.connect()
    const { rows } = await client.query('SELECT 42 AS answer')
    return String(rows[0]?.answer)
  } catch (error) {
    return error instanceof pg.DatabaseError ? String(error.code) : String(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}
