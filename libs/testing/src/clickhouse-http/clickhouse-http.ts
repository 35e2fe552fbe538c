import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { EngineProcess } from './engine-process.ts'
import type { Faults } from './faults.ts'
import { FaultyFront, type Passed } from './faulty-front.ts'
import { type ClickHouseServerOptions, serverConfig, usersConfig } from './server-config.ts'

export type EmbeddedClickHouseHttp = {
  /** Of the front, which can be told to misbehave. */
  url: string
  /** Of the engine itself. */
  engineUrl: string
  /** ClickHouse's own protocol, between shards. */
  tcpPort: number
  faults: Faults
  passed: Readonly<Passed>
  /** At once, as a crash; the data stays. */
  kill(): Promise<void>
  /** Again, on the same data and ports, after `kill`. */
  start(): Promise<void>
  /** SIGSTOP: connections are taken and nothing happens. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/**
 * ClickHouse's own HTTP server (26.7), out of the embedded engine's library: clickhouse-local, told to listen, in a process
 * of its own. It is no clickhouse-server: no ON CLUSTER, no inserts into Replicated tables, no users made by SQL (name them
 * here). Users `default` (no password) and those of the options. Loopback only.
 */
export async function startEmbeddedClickHouseHttp(options: ClickHouseServerOptions = {}): Promise<EmbeddedClickHouseHttp> {
  const home = mkdtempSync(join(tmpdir(), 'hoptrace-clickhouse-'))
  const path = options.path ?? join(home, 'data')
  const [httpPort, tcpPort] = [options.httpPort ?? (await freePort()), options.tcpPort ?? (await freePort())]
  const engineUrl = `http://127.0.0.1:${httpPort}`
  mkdirSync(path, { recursive: true })
  const files = { config: join(home, 'config.xml'), users: join(home, 'users.xml') }
  writeFileSync(files.users, usersConfig(options.users ?? []))
  writeFileSync(files.config, serverConfig({ path, httpPort, tcpPort }, files.users, options))
  const engine = new EngineProcess(files.config, engineUrl)
  await engine.start()
  const front = new FaultyFront(engineUrl)
  return {
    url: await front.listen(),
    engineUrl,
    tcpPort,
    faults: front.faults,
    passed: front.passed,
    kill: () => engine.kill(),
    start: () => engine.start(),
    pause: () => engine.signal('SIGSTOP'),
    resume: () => engine.signal('SIGCONT'),
    stop: async () => {
      await front.close()
      await engine.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
