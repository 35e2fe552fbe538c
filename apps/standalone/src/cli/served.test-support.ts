import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@hoptrace/testing'

const BIN = fileURLToPath(new URL('../../bin/hoptrace.js', import.meta.url))

export type Ended = { code: number; stdout: string; stderr: string }
export type Ports = { postgres: number; ssh: number; control: number; api: number }

/** `hoptrace` as a person runs it: a directory with a hoptrace.yaml, its server, and commands beside it. */
export class ServedHoptrace {
  private constructor(
    readonly home: string,
    readonly ports: Ports,
    readonly server: ChildProcess,
    /** What it said when it was ready. */
    readonly said: { login: string; api: string },
  ) {}

  /** @param secrets what the targets' `env` names stand for, for the server alone */
  static async start(targets: readonly object[], secrets: Record<string, string>): Promise<ServedHoptrace> {
    const home = mkdtempSync(join(tmpdir(), 'hoptrace-served-'))
    const [postgres, ssh, control, api] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    const ports = { postgres, ssh, control, api }
    const config = writeConfig(home, ports, targets)
    const server = spawn(process.execPath, [BIN, 'serve', '--json', '--config', config], {
      env: { ...process.env, ...secrets },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [first] = await once(server.stdout ?? server, 'data')
    return new ServedHoptrace(home, ports, server, JSON.parse(String(first)) as { login: string; api: string })
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return ended(process.execPath, [BIN, ...args], { HOPTRACE_CONFIG: join(this.home, 'hoptrace.yaml'), ...env }, this.home)
  }

  /** A line in a shell, in the directory of hoptrace.yaml. */
  shell(line: string): Promise<Ended> {
    return ended('sh', ['-c', line], {}, this.home)
  }

  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      this.server.kill('SIGTERM')
      await once(this.server, 'exit')
    }
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** @returns the file's path */
export function writeConfig(home: string, ports: Ports, targets: readonly object[]): string {
  const at = (port: number) => ({ listen: `127.0.0.1:${port}` })
  const gateway = { postgres: at(ports.postgres), ssh: at(ports.ssh), http: at(0), kubernetes: at(0), control: at(ports.control) }
  const file = join(home, 'hoptrace.yaml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ dataDir: 'data', gateway, api: at(ports.api), targets }))
  return file
}

function ended(command: string, args: readonly string[], env: Record<string, string>, cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, cwd, maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
    child.stdin?.end()
  })
}
