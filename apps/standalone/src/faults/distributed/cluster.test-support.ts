import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openStore, type Store } from '@hoptrace/store'
import {
  type EmbeddedClickHouseHttp,
  freePort,
  type KafkaBroker,
  type PostgresServer,
  startEmbeddedClickHouseHttp,
  startKafka,
  startPostgres,
} from '@hoptrace/testing'
import { z } from 'zod'
import { verdicts } from '../answered-is-stored.test-support.ts'
import { answers, ProcessUnderFault } from '../process-under-fault.test-support.ts'
import { ConsumerUnderFault } from './consumer-under-fault.test-support.ts'

const MAIN = {
  gateway: resolve('apps/gateway/dist/main.js'),
  ingest: resolve('apps/ingest/dist/main.js'),
  correlator: resolve('apps/correlator/dist/main.js'),
}
const TOPICS = { partitions: 4, replication: 1 }
/** Consumers that died are missed after this long, so that another takes over. */
const SESSION_TIMEOUT_MS = 4000

/** What is recorded is stored by then, however slow the machine. */
const SETTLE_WITHIN_MS = 240_000

export type Consumer = 'ingest' | 'correlator'

export type GatewayUnderFault = {
  id: string
  process: ProcessUnderFault
  ports: { postgres: number; ssh: number; control: number }
  dataDir: string
}

export type ClusterOptions = {
  /** Environment of each gateway, beside what all have: one gateway for each. The first writes the runs. */
  gateways?: readonly NodeJS.ProcessEnv[]
  /** Processes that ingest. */
  ingests?: number
}

/** The distributed form, of real parts: a broker, ClickHouse over HTTP, PostgreSQL as the target, and the built processes. */
export class Cluster {
  readonly gateways: GatewayUnderFault[] = []
  readonly ingests: ConsumerUnderFault[] = []
  readonly correlators: ConsumerUnderFault[] = []
  /** Of the topic of events. */
  readonly partitions = TOPICS.partitions

  private constructor(
    readonly kafka: KafkaBroker,
    readonly clickhouse: EmbeddedClickHouseHttp,
    readonly target: PostgresServer,
    /** Past the front that can be told to misbehave. */
    readonly store: Store,
  ) {}

  static async start({ gateways = [{}], ingests = 1 }: ClusterOptions = {}): Promise<Cluster> {
    const settings = { 'group.min.session.timeout.ms': '1000', 'group.initial.rebalance.delay.ms': '0' }
    const [kafka, clickhouse, target] = await Promise.all([
      startKafka({ own: true, settings }),
      startEmbeddedClickHouseHttp(),
      startPostgres(),
    ])
    const store = await openStore({ kind: 'http', url: clickhouse.engineUrl })
    await store.migrate()
    const cluster = new Cluster(kafka, clickhouse, target, store)
    for (const env of gateways) await cluster.addGateway(env)
    for (let i = 0; i < ingests; i += 1) cluster.ingests.push(await cluster.consumer('ingest'))
    cluster.correlators.push(await cluster.consumer('correlator'))
    for (const each of cluster.processes) await each.start()
    return cluster
  }

  get processes(): ProcessUnderFault[] {
    return [...this.gateways.map(({ process }) => process), ...this.ingests, ...this.correlators]
  }

  /** A run that may reach the target, minted at the gateway that writes the runs. */
  async mint(): Promise<string> {
    const writer = this.gateway(0)
    const operator = readFileSync(join(writer.dataDir, 'operator.token'), 'utf8').trim()
    const response = await fetch(`http://127.0.0.1:${writer.ports.control}/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
      body: JSON.stringify({ principal: 'caller', ttlSeconds: 3600, grants: [{ target: 'orders', protocol: 'postgres' }] }),
    })
    return z.object({ token: z.string() }).parse(await response.json()).token
  }

  gateway(index: number): GatewayUnderFault {
    const found = this.gateways[index]
    if (!found) throw new Error(`The cluster has no gateway ${index}`)
    return found
  }

  /** Ends the gateways as an operator would, and waits until all that they recorded is stored. */
  async settle(): Promise<void> {
    for (const gateway of this.gateways) {
      // A gateway that ends waits only so long for the bus: what it could not publish would come with its next start.
      await allPublished(gateway)
      await gateway.process.end('SIGTERM')
    }
    await this.allStored()
  }

  async stop(): Promise<void> {
    for (const each of this.processes) {
      each.resume()
      await each.end('SIGTERM')
    }
    await this.store.close()
    await Promise.all([this.kafka.stop(), this.clickhouse.stop(), this.target.stop()])
  }

  // A gateway's boot stream ends last: when it has come, and no session is open, everything before it has come, too.
  private async allStored(): Promise<void> {
    const open = {
      name: 'test.openSessions',
      sql: "SELECT countIf(ended = '') AS open, count() AS sessions FROM (SELECT max(end_reason) AS ended FROM session_rollups GROUP BY tenant, session_id)",
      row: z.object({ open: z.coerce.number(), sessions: z.coerce.number() }),
    }
    const deadline = Date.now() + SETTLE_WITHIN_MS
    // After the deadline the claims themselves tell what is missing.
    while (Date.now() < deadline) {
      const [row] = await this.store.query(open)
      // A batch that was half in counts in the roll-up before it is in the table: the sequences decide.
      if (row && row.sessions > 0 && row.open === 0 && (await this.isWhole())) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  private async isWhole(): Promise<boolean> {
    const { counts, broken } = await verdicts(this.store)
    return broken.length === 0 && counts.unfinished === undefined
  }

  private async addGateway(extra: NodeJS.ProcessEnv): Promise<void> {
    const id = `gw-${this.gateways.length + 1}`
    const dataDir = mkdtempSync(join(tmpdir(), 'hoptrace-faults-'))
    const ports = { postgres: await freePort(), ssh: await freePort(), control: await freePort() }
    const at = (port: number) => ({ listen: `127.0.0.1:${port}` })
    const [writer] = this.gateways
    // What was digested at one gateway must match at the other.
    if (writer) copyFileSync(join(writer.dataDir, 'digest.key'), join(dataDir, 'digest.key'))
    const runs = writer ? { role: 'reader', writerUrl: `http://127.0.0.1:${writer.ports.control}` } : { role: 'writer' }
    const gateway = {
      id,
      postgres: at(ports.postgres),
      ssh: at(ports.ssh),
      http: at(0),
      kubernetes: at(0),
      control: at(ports.control),
      segmentBytes: 1024 * 1024,
      heartbeatSeconds: 1,
      runs,
    }
    const kafka = { brokers: this.kafka.brokers, topics: TOPICS }
    const file = join(dataDir, 'hoptrace.yaml')
    writeFileSync(file, JSON.stringify({ dataDir, gateway, kafka, targets: [targetAt(this.target)] }))
    const env = { ...process.env, UV_THREADPOOL_SIZE: '16', HOPTRACE_CONFIG: file, ORDERS_PASSWORD: this.target.password, ...extra }
    const isReady = () => answers(`http://127.0.0.1:${ports.control}/healthz`)
    this.gateways.push({ id, dataDir, ports, process: new ProcessUnderFault({ main: MAIN.gateway, env, isReady }) })
    if (!writer) writeFileSync(join(dataDir, 'digest.key'), randomBytes(32).toString('hex'), { mode: 0o600 })
  }

  /** One more of them, not started. */
  async consumer(which: Consumer): Promise<ConsumerUnderFault> {
    const env = {
      ...process.env,
      KAFKA_BROKERS: this.kafka.brokers.join(','),
      KAFKA_SESSION_TIMEOUT_MS: `${SESSION_TIMEOUT_MS}`,
      HOPTRACE_TOPIC_PARTITIONS: `${TOPICS.partitions}`,
      HOPTRACE_TOPIC_REPLICATION: `${TOPICS.replication}`,
      HOPTRACE_CLICKHOUSE_URL: this.clickhouse.url,
    }
    return new ConsumerUnderFault(MAIN[which], env, await freePort())
  }
}

const Health = z.object({ relay: z.object({ waitingBytes: z.number() }) })

/** Waits until the bus has everything that is durable, twice in a row: what was answered last may only become so. */
async function allPublished({ ports }: GatewayUnderFault): Promise<void> {
  for (let still = 0; still < 2; ) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    const response = await fetch(`http://127.0.0.1:${ports.control}/healthz`)
    const { relay } = Health.parse(await response.json())
    still = relay.waitingBytes === 0 ? still + 1 : 0
  }
}

function targetAt(server: PostgresServer) {
  return {
    name: 'orders',
    protocol: 'postgres',
    address: `${server.host}:${server.port}`,
    account: server.user,
    database: server.database,
    password: { env: 'ORDERS_PASSWORD' },
  }
}
