import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { type Account, postgresBinaries, serverAccount } from './postgres-binaries.ts'

export type PostgresServer = {
  host: string
  port: number
  user: string
  password: string
  database: string
  /** Stops at once, as a crash would, and leaves the data. */
  kill(): Promise<void>
  /** Starts again on the same port and data after `kill`. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type PostgresOptions = {
  /** Loopback address to listen on. */
  host?: string
  /** Name of the authentication method in pg_hba.conf. */
  auth?: 'scram-sha-256' | 'md5' | 'password' | 'trust'
  /** Paths of a certificate and its key, PEM. */
  tls?: { cert: string; key: string }
  settings?: Record<string, string>
}

const START_TIMEOUT_MS = 30_000

/** Starts a PostgreSQL server of its own, with its own data directory under the temporary directory, bound to a loopback address. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = serverAccount()
  const bin = join(postgresBinaries(account), 'bin')
  const home = mkdtempSync(join(tmpdir(), 'hoptrace-postgres-'))
  const password = randomBytes(12).toString('base64url')
  const host = options.host ?? '127.0.0.1'
  await initialise({ bin, home, account, password, auth: options.auth ?? 'scram-sha-256' })
  const settings = { ...serverSettings(home, account, options), port: String(await freePort(host)), listen_addresses: host }
  const running = new RunningServer(bin, home, account, settings)
  await running.start()
  return {
    host,
    port: Number(settings.port),
    user: 'postgres',
    password,
    database: 'postgres',
    kill: () => running.end('SIGQUIT'),
    restart: () => running.start(),
    stop: async () => {
      await running.end('SIGINT')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

type Initialisation = { bin: string; home: string; account: Account; password: string; auth: string }

async function initialise({ bin, home, account, password, auth }: Initialisation): Promise<void> {
  chmodSync(home, 0o755)
  const secret = join(home, 'password')
  writeFileSync(secret, `${password}\n`, { mode: 0o600 })
  const data = join(home, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (account) for (const path of [secret, data]) chownSync(path, account.uid, account.gid)
  const flags = ['--username=postgres', `--pwfile=${secret}`, `--auth=${auth}`, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  await promisify(execFile)(join(bin, 'initdb'), ['-D', data, ...flags], { ...(account ?? {}), cwd: home, env: plainEnvironment() })
  rmSync(secret)
}

// A server for tests loses nothing that a test waits for by not syncing.
function serverSettings(home: string, account: Account, { tls, settings }: PostgresOptions): Record<string, string> {
  const base = { unix_socket_directories: '', fsync: 'off', max_connections: '120', ...settings }
  if (!tls) return base
  const own = (path: string, name: string): string => {
    const copy = join(home, name)
    writeFileSync(copy, readFileSync(path), { mode: 0o600 })
    if (account) chownSync(copy, account.uid, account.gid)
    return copy
  }
  return { ...base, ssl: 'on', ssl_cert_file: own(tls.cert, 'server.crt'), ssl_key_file: own(tls.key, 'server.key') }
}

class RunningServer {
  private process: ChildProcess | null = null

  constructor(
    private readonly bin: string,
    private readonly home: string,
    private readonly account: Account,
    private readonly settings: Record<string, string>,
  ) {}

  async start(): Promise<void> {
    const settings = Object.entries(this.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const started = spawn(join(this.bin, 'postgres'), ['-D', join(this.home, 'data'), ...settings], {
      ...(this.account ?? {}),
      cwd: this.home,
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.process = started
    // A test that dies leaves no server behind.
    process.once('exit', () => started.kill('SIGQUIT'))
    await readiness(started)
    // Nobody reads its log from here on, and a full pipe would stop it.
    started.stderr?.resume()
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.process
    this.process = null
    if (!ending || ending.exitCode !== null) return
    const exited = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await exited
  }
}

function readiness(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const timer = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${log}`)), START_TIMEOUT_MS)
    server.once('exit', () => reject(new Error(`PostgreSQL ended at its start: ${log}`)))
    server.stderr?.on('data', (text: Buffer) => {
      log = (log + text.toString()).slice(-4000)
      if (!log.includes('ready to accept connections')) return
      clearTimeout(timer)
      server.stderr?.removeAllListeners('data')
      resolve()
    })
  })
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }
}
