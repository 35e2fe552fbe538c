import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import type { Cast } from './seeded.ts'
import { startShellServer } from './shell-server.ts'
import { bastionFiles, ordersSchema } from './stage.ts'

/** What the gateway must know of the demo's targets, and the secrets that it alone holds. */
export type DemoTargets = {
  targets: Record<string, unknown>[]
  secrets: Record<string, string>
  stop(): Promise<void>
}

/** Starts the real targets, each on a loopback address of its own: two PostgreSQL servers and an SSH server with a real shell. */
export async function startTargets(cast: Cast): Promise<DemoTargets> {
  const [ordersHost, bastionHost, ledgerHost] = await Promise.all([loopback(21), loopback(22), loopback(23)])
  const [orders, ledger] = await Promise.all([startPostgres({ host: ordersHost }), startPostgres({ host: ledgerHost })])
  const home = mkdtempSync(join(tmpdir(), 'hoptrace-bastion-'))
  for (const [path, content] of Object.entries(bastionFiles(cast))) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), content)
  }
  const account = { user: 'deploy', password: orders.password, home, hostName: cast.bastionHost }
  const bastion = await startShellServer(bastionHost, account)
  await fill(orders, 'orders', orders.password, ordersSchema(cast))
  await fill(ledger, 'ledger', cast.ledgerPassword, [])
  const postgres = { protocol: 'postgres', account: 'app', password: { env: 'DEMO_ORDERS_PASSWORD' } }
  const atLedger = { protocol: 'postgres', address: `${ledgerHost}:${ledger.port}`, password: { env: 'DEMO_LEDGER_PASSWORD' } }
  return {
    targets: [
      { ...postgres, name: 'orders', address: `${ordersHost}:${orders.port}`, database: 'orders' },
      { ...atLedger, name: 'ledger', aliases: [cast.ledgerHost], account: 'ledger_app', database: 'ledger' },
      { ...atLedger, name: 'payroll', aliases: [cast.payrollHost], account: 'app', database: 'ledger' },
      {
        name: 'bastion',
        aliases: [cast.bastionHost],
        protocol: 'ssh',
        address: `${bastionHost}:${bastion.port}`,
        account: account.user,
        password: { env: 'DEMO_BASTION_PASSWORD' },
        hostKeys: [bastion.hostKeyFingerprint],
      },
    ],
    secrets: {
      DEMO_ORDERS_PASSWORD: orders.password,
      DEMO_LEDGER_PASSWORD: cast.ledgerPassword,
      DEMO_BASTION_PASSWORD: account.password,
    },
    stop: async () => {
      await Promise.all([orders.stop(), ledger.stop(), bastion.close()])
    },
  }
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
