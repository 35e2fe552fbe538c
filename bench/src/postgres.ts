import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { startPostgres } from '@hoptrace/testing'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { pgbench } from './pgbench.ts'
import { startPgbouncer } from './pgbouncer.ts'
import { cpuSecondsOf, freePort, memoryOf, run, startProcess, stopProcess } from './processes.ts'
import { median, type Row } from './table.ts'

const ROUNDS = 3
const SECONDS = 4
const SCALE = 10

type Route = { name: string; port: number; password: string; database: string }
type Measured = Map<string, { tps: number[]; latencyMs: number[] }>
type Postgres = Awaited<ReturnType<typeof startPostgres>>

export type PostgresBench = {
  rows: Row[]
  /** The gateway's data directory, stopped, with everything that pgbench did in its spool. */
  dataDir: string
  /** Transactions that pgbench counted through the gateway. */
  transactions: number
}

/** pgbench -S through the gateway, a bare byte forwarder and PgBouncer, in turns, so that a drifting machine drifts for all. */
export async function benchPostgres(syncP50Us: number): Promise<PostgresBench> {
  const server = await startPostgres()
  await prepare(server)
  const forwarderPort = await freePort()
  const forwarder = await startProcess(
    process.execPath,
    [resolve('bench/dist/byte-forwarder.js'), `${forwarderPort}`, `${server.port}`],
    /listening/,
  )
  const pgbouncer = await startPgbouncer(server)
  const gateway = await startGateway(targetsOf(server), { BENCH_PASSWORD: server.password })
  const direct = { port: server.port, password: server.password, database: server.database }
  const routes: Route[] = [
    { name: 'direct', ...direct },
    { name: 'forwarder', ...direct, port: forwarderPort },
    { name: 'gateway', port: gateway.postgresPort, password: gateway.token, database: 'default' },
    { name: 'gateway, no wait', port: gateway.postgresPort, password: gateway.token, database: 'no-wait' },
    ...(pgbouncer ? [{ name: 'pgbouncer', ...direct, port: pgbouncer.port }] : []),
  ]
  const seen = { transactions: 0 }
  const at = new Map<number, Measured>()
  for (const clients of [1, 8, 32]) at.set(clients, await measure(routes, clients, server.user, seen))
  const cpu = cpuSecondsOf(gateway.child)
  const { peakMiB } = memoryOf(gateway.child)
  await stopAll(gateway, forwarder, pgbouncer?.child)
  await server.stop()
  const rows = [
    ...[8, 32].flatMap((clients) => throughputRows(at.get(clients) ?? new Map(), clients)),
    latencyRow(at.get(1) ?? new Map(), syncP50Us),
  ]
  rows.push({
    figure: 'gateway over the whole run',
    value: `${((cpu * 1e6) / (2 * seen.transactions)).toFixed(1)} µs CPU an event, peak ${peakMiB.toFixed(0)} MiB`,
  })
  return { rows, dataDir: gateway.dataDir, transactions: seen.transactions }
}

function targetsOf(server: Postgres) {
  const common = {
    protocol: 'postgres' as const,
    address: `127.0.0.1:${server.port}`,
    account: server.user,
    database: server.database,
    password: { env: 'BENCH_PASSWORD' },
  }
  return [
    { ...common, name: 'default' },
    { ...common, name: 'no-wait', durability: 'best-effort' },
  ]
}

async function prepare(server: Postgres): Promise<void> {
  const args = ['-i', '-q', '-s', `${SCALE}`, '-h', '127.0.0.1', '-p', `${server.port}`, '-U', server.user, server.database]
  await run('pgbench', args, { env: { ...process.env, PGPASSWORD: server.password } })
}

async function measure(routes: readonly Route[], clients: number, user: string, seen: { transactions: number }): Promise<Measured> {
  const measured: Measured = new Map(routes.map(({ name }) => [name, { tps: [], latencyMs: [] }]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, port, password, database } of routes) {
      const result = await pgbench({ port, user, password, database, clients, seconds: SECONDS })
      measured.get(name)?.tps.push(result.tps)
      measured.get(name)?.latencyMs.push(result.latencyMs)
      if (name.startsWith('gateway')) seen.transactions += result.transactions
    }
  }
  return measured
}

function throughputRows(measured: Measured, clients: number): Row[] {
  const tps = (name: string) => measured.get(name)?.tps ?? []
  // Pair by pair within a round, then the median of the ratios.
  const ratio = (name: string) => median(tps(name).map((value, round) => value / (tps('forwarder')[round] ?? Number.NaN)))
  const value = (name: string) => `${median(tps(name)).toFixed(0)} tps`
  const figure = (name: string) => `pgbench -S, ${clients} clients, ${name} ÷ forwarder`
  const rows: Row[] = [
    { figure: figure('direct'), value: value('direct'), ratio: ratio('direct') },
    { figure: `pgbench -S, ${clients} clients, forwarder`, value: value('forwarder') },
    { figure: figure('gateway'), value: value('gateway'), ratio: ratio('gateway'), bound: { atLeast: clients === 8 ? 0.5 : 0.8 } },
    {
      figure: figure('gateway, no wait'),
      value: value('gateway, no wait'),
      ratio: ratio('gateway, no wait'),
      ...(clients === 8 ? { bound: { atLeast: 0.8 } } : {}),
    },
  ]
  if (measured.has('pgbouncer')) rows.push({ figure: figure('pgbouncer'), value: value('pgbouncer'), ratio: ratio('pgbouncer') })
  return rows
}

function latencyRow(measured: Measured, syncP50Us: number): Row {
  const latencyUs = (name: string) => median(measured.get(name)?.latencyMs ?? []) * 1000
  const addedUs = latencyUs('gateway') - latencyUs('direct')
  const allowedUs = 1.5 * syncP50Us + 100
  return {
    figure: 'added latency at one client ÷ (1.5 × fdatasync p50 + 100 µs)',
    value: `${addedUs.toFixed(0)} µs of ${allowedUs.toFixed(0)} µs`,
    ratio: addedUs / allowedUs,
    bound: { atMost: 1 },
    note: `forwarder adds ${(latencyUs('forwarder') - latencyUs('direct')).toFixed(0)} µs`,
  }
}

async function stopAll(gateway: GatewayProcess, ...others: (ChildProcess | undefined)[]): Promise<void> {
  await stopProcess(gateway.child)
  for (const child of others) if (child) await stopProcess(child)
}
