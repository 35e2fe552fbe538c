import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, type PostgresServer } from '@hoptrace/testing'

export type Which = 'gateway' | 'platform'

const MAIN: Record<Which, string> = {
  gateway: resolve('apps/gateway/dist/main.js'),
  platform: resolve('apps/standalone/dist/platform/platform-main.js'),
}
const READY: Record<Which, string> = { gateway: '/healthz', platform: '/api/v1/health' }

/** The two processes of standalone, built, on a data directory and ports of their own, to be killed and started again. */
export class TwoProcesses {
  private readonly children: Partial<Record<Which, ChildProcess>> = {}

  private constructor(
    readonly dataDir: string,
    readonly ports: { postgres: number; control: number; api: number },
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param target stands behind the name `orders`, under its own superuser */
  static async configure(target: PostgresServer): Promise<TwoProcesses> {
    const dataDir = mkdtempSync(join(tmpdir(), 'hoptrace-faults-'))
    const ports = { postgres: await freePort(), ssh: await freePort(), control: await freePort(), api: await freePort() }
    const at = (port: number) => ({ listen: `127.0.0.1:${port}` })
    const orders = {
      name: 'orders',
      protocol: 'postgres',
      address: `${target.host}:${target.port}`,
      account: target.user,
      database: target.database,
      password: { env: 'ORDERS_PASSWORD' },
    }
    const gateway = { postgres: at(ports.postgres), ssh: at(ports.ssh), control: at(ports.control), segmentBytes: 1024 * 1024 }
    const file = join(dataDir, 'hoptrace.yaml')
    writeFileSync(file, JSON.stringify({ dataDir, gateway, api: at(ports.api), targets: [orders] }))
    const env = { ...process.env, HOPTRACE_CONFIG: file, ORDERS_PASSWORD: target.password, UV_THREADPOOL_SIZE: '16' }
    return new TwoProcesses(dataDir, ports, env)
  }

  get spool(): string {
    return join(this.dataDir, 'spool')
  }
  get operatorToken(): string {
    return readFileSync(join(this.dataDir, 'operator.token'), 'utf8').trim()
  }

  /**
   * Starts one of them and waits until it answers.
   * @param inject an expression of strace's `-e inject=`, to have it killed at a system call
   */
  async start(which: Which, inject?: string): Promise<void> {
    const node = [process.execPath, MAIN[which]]
    const traced = ['strace', '-f', '-qqq', '-o', '/dev/null', '-e', `trace=${inject?.split(':')[0]}`, '-e', `inject=${inject}`, ...node]
    const [command = '', ...args] = inject ? traced : node
    const child = spawn(command, args, { env: this.env, stdio: ['ignore', 'ignore', 'inherit'], detached: true })
    this.children[which] = child
    const url = `http://127.0.0.1:${which === 'gateway' ? this.ports.control : this.ports.api}${READY[which]}`
    while (child.exitCode === null && child.signalCode === null && !(await answers(url)));
  }

  /** kill -9, and waits until it is gone. */
  async kill(which: Which): Promise<void> {
    await this.end(which, 'SIGKILL')
  }

  /** Waits until it has been killed by what was injected; kills it when it lives on for `patienceMs`. */
  async expectDeath(which: Which, patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.kill(which), patienceMs)
    const child = this.children[which]
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    clearTimeout(timer)
  }

  /** Asks both to end as an operator would: the gateway first, so that the platform stores all. */
  async stop(): Promise<void> {
    await this.end('gateway', 'SIGTERM')
    await this.end('platform', 'SIGTERM')
  }

  private async end(which: Which, signal: NodeJS.Signals): Promise<void> {
    const child = this.children[which]
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    // The whole group: a tracer that is killed alone lets its tracee live.
    process.kill(-(child.pid ?? 0), signal)
    await exited
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return false
  }
}
