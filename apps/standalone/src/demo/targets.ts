import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import { startCluster } from './cluster.ts'
import type { Cast } from './seeded.ts'
import { startService } from './service.ts'
import { startShellServer } from './shell-server.ts'
import { bastionFiles, ordersSchema } from './stage.ts'

/** So that who watches sees the sessions over HTTP end. Longer than an agent pauses on a busy machine. */
export const IDLE_SECONDS = 5

/** One target as the gateway must know it, the secrets that it alone holds, and how to stop it. */
export type DemoTarget = { target: Record<string, unknown>; secrets: Record<string, string>; stop(): Promise<void> }
export type DemoTargets = { targets: Record<string, unknown>[]; secrets: Record<string, string>; stop(): Promise<void> }

/**
 * Starts the targets, each on a loopback address of its own: two PostgreSQL servers, an SSH server with a real shell, a cluster, and a
 * service over HTTP.
 */
export async function startTargets(cast: Cast): Promise<DemoTargets> {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-demo-targets-'))
  const hosts = await Promise.all([21, 22, 23, 24, 25].map(loopback))
  const [ordersHost = '', bastionHost = '', ledgerHost = '', clusterHost = '', serviceHost = ''] = hosts
  const [orders, ledger] = await Promise.all([startPostgres({ host: ordersHost }), startPostgres({ host: ledgerHost })])
  await fill(orders, 'orders', orders.password, ordersSchema(cast))
  await fill(ledger, 'ledger', cast.ledgerPassword, [])
  const others = await Promise.all([
    startBastion(cast, bastionHost, orders.password, join(directory, 'bastion')),
    startCluster(cast, clusterHost, directory),
    startService(cast, serviceHost),
  ])
  return {
    targets: [...databases(cast, orders, ledger), ...others.map(({ target }) => target)],
    secrets: Object.assign(
      { DEMO_ORDERS_PASSWORD: orders.password, DEMO_LEDGER_PASSWORD: cast.ledgerPassword },
      ...others.map(({ secrets }) => secrets),
    ),
    stop: async () => {
      await Promise.all([orders.stop(), ledger.stop(), ...others.map((other) => other.stop())])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function databases(cast: Cast, orders: Server, ledger: Server): Record<string, unknown>[] {
  const postgres = { protocol: 'postgres', account: 'app', password: { env: 'DEMO_ORDERS_PASSWORD' } }
  const atLedger = { protocol: 'postgres', address: `${ledger.host}:${ledger.port}`, password: { env: 'DEMO_LEDGER_PASSWORD' } }
  return [
    { ...postgres, name: 'orders', address: `${orders.host}:${orders.port}`, database: 'orders' },
    { ...atLedger, name: 'ledger', aliases: [cast.ledgerHost], account: 'ledger_app', database: 'ledger' },
    { ...atLedger, name: 'payroll', aliases: [cast.payrollHost], account: 'app', database: 'ledger' },
  ]
}

async function startBastion(cast: Cast, host: string, password: string, home: string): Promise<DemoTarget> {
  for (const [path, content] of Object.entries(bastionFiles(cast))) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), content)
  }
  const account = { user: 'deploy', password, home, hostName: cast.bastionHost }
  const bastion = await startShellServer(host, account)
  const target = {
    name: 'bastion',
    aliases: [cast.bastionHost],
    protocol: 'ssh',
    address: `${host}:${bastion.port}`,
    account: account.user,
    password: { env: 'DEMO_BASTION_PASSWORD' },
    hostKeys: [bastion.hostKeyFingerprint],
  }
  return { target, secrets: { DEMO_BASTION_PASSWORD: password }, stop: () => bastion.close() }
}

type Server = Awaited<ReturnType<typeof startPostgres>>

async function fill(server: Server, database: string, password: string, statements: readonly string[]): Promise<void> {
  const { host, port, user } = server
  const account = database === 'orders' ? 'app' : 'ledger_app'
  await inDatabase({ host, port, user, password: server.password, database: server.database }, [
    `CREATE ROLE ${account} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${database} OWNER ${account}`,
  ])
  await inDatabase({ host, port, user: account, password, database }, statements)
}

async function inDatabase(
  at: { host: string; port: number; user: string; password: string; database: string },
  statements: readonly string[],
) {
  const client = new pg.Client(at)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

// Linux answers on all of 127.0.0.0/8; where another system has only 127.0.0.1, the targets share it.
function loopback(last: number): Promise<string> {
  const host = `127.0.0.${last}`
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve('127.0.0.1'))
    probe.listen(0, host, () => probe.close(() => resolve(host)))
  })
}
