import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, startProcess } from './processes.ts'

export type Target = Record<string, unknown> & { name: string; protocol: 'postgres' | 'ssh' | 'http' }
export type GatewayProcess = {
  child: ChildProcess
  dataDir: string
  postgresPort: number
  sshPort: number
  httpPort: number
  token: string
}

/** Starts the built gateway on a data directory of its own, and mints one run that may reach every target. */
export async function startGateway(targets: readonly Target[], secrets: Record<string, string>): Promise<GatewayProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoptrace-bench-'))
  const [postgresPort, sshPort, httpPort, controlPort] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const config = {
    dataDir,
    gateway: {
      postgres: { listen: `127.0.0.1:${postgresPort}` },
      ssh: { listen: `127.0.0.1:${sshPort}` },
      http: { listen: `127.0.0.1:${httpPort}` },
      kubernetes: { listen: '127.0.0.1:0' },
      control: { listen: `127.0.0.1:${controlPort}` },
    },
    targets,
  }
  const path = join(dataDir, 'hoptrace.yaml')
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config))
  const env = { ...process.env, ...secrets, HOPTRACE_CONFIG: path, UV_THREADPOOL_SIZE: '16' }
  const child = await startProcess(process.execPath, [resolve('apps/gateway/dist/main.js')], /gateway ready/, env)
  const operator = readFileSync(join(dataDir, 'operator.token'), 'utf8').trim()
  const response = await fetch(`http://127.0.0.1:${controlPort}/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      principal: 'bench',
      ttlSeconds: 86_400,
      grants: targets.map(({ name, protocol }) => ({ target: name, protocol })),
    }),
  })
  const { token } = (await response.json()) as { token: string }
  return { child, dataDir, postgresPort, sshPort, httpPort, token }
}
