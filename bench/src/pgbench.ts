import { run } from './processes.ts'

export type PgbenchAt = {
  port: number
  user: string
  password: string
  database: string
  clients: number
  seconds: number
  mode?: 'simple' | 'prepared'
}
export type PgbenchResult = { tps: number; latencyMs: number; transactions: number }

/** One run of pgbench's select-only script. Vacuuming is left out: a gateway's session need not be the owner's. */
export async function pgbench({ port, user, password, database, clients, seconds, mode = 'simple' }: PgbenchAt): Promise<PgbenchResult> {
  const args = [
    '-n',
    '-S',
    '-M',
    mode,
    '-c',
    `${clients}`,
    '-j',
    '2',
    '-T',
    `${seconds}`,
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-U',
    user,
    database,
  ]
  const { stdout } = await run('pgbench', args, { env: { ...process.env, PGPASSWORD: password } })
  return {
    tps: figure(stdout, /^tps = ([\d.]+)/m),
    latencyMs: figure(stdout, /^latency average = ([\d.]+)/m),
    transactions: figure(stdout, /actually processed: (\d+)/),
  }
}

function figure(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`pgbench printed no ${pattern}`)
  return Number(found)
}
