import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@hoptrace/testing'
import { startGateway } from './gateway-process.ts'
import { memoryOf, stopProcess } from './processes.ts'
import type { Row } from './table.ts'

const MIB = 1024 * 1024
/** About 30 MB/s. */
const SLOW_PAUSE_MS = 2

/** Peak memory of a fresh gateway after one answer of so many bytes, read as fast as psql can or slowly. */
async function peakAfter(bytes: number, isSlow: boolean): Promise<number> {
  const server = await startPostgres()
  const target = {
    name: 'big',
    protocol: 'postgres' as const,
    address: `127.0.0.1:${server.port}`,
    account: server.user,
    database: server.database,
    password: { env: 'BENCH_PASSWORD' },
  }
  const gateway = await startGateway([target], { BENCH_PASSWORD: server.password })
  const sql = `COPY (SELECT repeat('x', 8000) FROM generate_series(1, ${Math.floor(bytes / 8000)})) TO STDOUT`
  await read(gateway.postgresPort, server.user, gateway.token, sql, isSlow ? SLOW_PAUSE_MS : 0)
  const { peakMiB } = memoryOf(gateway.child)
  await stopProcess(gateway.child)
  await server.stop()
  return peakMiB
}

/** Reads psql's output, with a pause after each chunk of it. */
async function read(port: number, user: string, token: string, sql: string, pauseMs: number): Promise<void> {
  const at = ['-h', '127.0.0.1', '-p', `${port}`, '-U', user, 'big']
  const psql = spawn('psql', [...at, '-c', sql], { env: { ...process.env, PGPASSWORD: token }, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const _ of psql.stdout) if (pauseMs > 0) await sleep(pauseMs)
}

export async function benchMemory(): Promise<Row[]> {
  const rows: Row[] = []
  for (const isSlow of [false, true]) {
    const small = await peakAfter(100 * MIB, isSlow)
    const large = await peakAfter(1024 * MIB, isSlow)
    rows.push({
      figure: `peak memory at a 1 GB answer ÷ (that at 100 MB + 32 MiB)${isSlow ? ', slow reader' : ''}`,
      value: `${large.toFixed(0)} MiB, ${small.toFixed(0)} MiB`,
      ratio: large / (small + 32),
      bound: { atMost: 1 },
    })
  }
  return rows
}
