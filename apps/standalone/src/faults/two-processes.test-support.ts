import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, type PostgresServer } from '@hoptrace/testing'
import { answers, ProcessUnderFault } from './process-under-fault.test-support.ts'

export type Which = 'gateway' | 'platform'

const MAIN: Record<Which, string> = {
  gateway: resolve('apps/gateway/dist/main.js'),
  platform: resolve('apps/standalone/dist/platform/platform-main.js'),
}

/** The two processes of standalone, built, on a data directory and ports of their own, to be killed and started again. */
export class TwoProcesses {
  private readonly processes: Record<Which, ProcessUnderFault>

  private constructor(
    readonly dataDir: string,
    readonly ports: { postgres: number; control: number; api: number },
    env: NodeJS.ProcessEnv,
  ) {
    this.processes = {
      gateway: processOf(MAIN.gateway, `http://127.0.0.1:${ports.control}/healthz`, env),
      platform: processOf(MAIN.platform, `http://127.0.0.1:${ports.api}/api/v1/alive`, env),
    }
  }

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
    const doors = { postgres: at(ports.postgres), ssh: at(ports.ssh), http: at(0), kubernetes: at(0), control: at(ports.control) }
    const gateway = { ...doors, segmentBytes: 1024 * 1024 }
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
  start(which: Which, inject?: string): Promise<void> {
    return this.processes[which].start(inject)
  }

  /** kill -9, and waits until it is gone. */
  kill(which: Which): Promise<void> {
    return this.processes[which].kill()
  }

  /** Waits until it has been killed by what was injected; kills it when it lives on for `patienceMs`. */
  expectDeath(which: Which, patienceMs: number): Promise<void> {
    return this.processes[which].expectDeath(patienceMs)
  }

  /** Asks both to end as an operator would: the gateway first, so that the platform stores all. */
  async stop(): Promise<void> {
    await this.processes.gateway.end('SIGTERM')
    await this.processes.platform.end('SIGTERM')
  }
}

function processOf(main: string, url: string, env: NodeJS.ProcessEnv): ProcessUnderFault {
  return new ProcessUnderFault({ main, env, isReady: () => answers(url) })
}
