import { createConnection } from 'node:net'
import { startPostgres } from '@hoptrace/testing'
import pg from 'pg'
import { startGateway } from './gateway-process.ts'
import { memoryOf, run, stopProcess } from './processes.ts'
import type { Row } from './table.ts'

const MIB = 1024 * 1024

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
  const sql = `SELECT repeat('x', 8000) FROM generate_series(1, ${Math.floor(bytes / 8000)})`
  if (isSlow) await readSlowly(gateway.postgresPort, server.user, gateway.token, sql)
  else
    await run(
      'psql',
      [
        '-h',
        '127.0.0.1',
        '-p',
        `${gateway.postgresPort}`,
        '-U',
        server.user,
        '-q',
        '-A',
        '-t',
        '-o',
        '/dev/null',
        '-v',
        'FETCH_COUNT=0',
        'big',
        '-c',
        `COPY (${sql}) TO STDOUT`,
      ],
      { env: { ...process.env, PGPASSWORD: gateway.token } },
    )
  const { peakMiB } = memoryOf(gateway.child)
  await stopProcess(gateway.child)
  await server.stop()
  return peakMiB
}

// The driver connects and authenticates; then its socket is read by hand, a little at a time.
async function readSlowly(port: number, user: string, token: string, sql: string): Promise<void> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  const client = new pg.Client({ user, password: token, database: 'big', stream: () => socket })
  await client.connect()
  const slow = setInterval(() => {
    socket.pause()
    setTimeout(() => socket.resume(), 8)
  }, 10)
  await new Promise<void>((resolve, reject) => {
    const query = new pg.Query({ text: sql })
    query.on('row', () => undefined)
    query.on('end', () => resolve())
    query.on('error', reject)
    client.query(query)
  })
  clearInterval(slow)
  await client.end()
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
