import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type KubeconfigOptions = { server: string /** PEM. */; ca: string; token: string; namespace?: string }

/** Writes a kubeconfig file. @returns its path, in a directory of its own that is kubectl's home too */
export function writeKubeconfig({ server, ca, token, namespace = 'default' }: KubeconfigOptions): string {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-kubectl-'))
  const path = join(directory, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user', namespace } }],
    'current-context': 'context',
  }
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
  return path
}

/** The environment in which kubectl knows that cluster alone. */
export function kubectlEnvironment(kubeconfig: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: join(kubeconfig, '..'),
    KUBECONFIG: kubeconfig,
    TERM: 'xterm',
  }
}

export type RunningKubectl = {
  stdout(): string
  stderr(): string
  write(input: string): void
  endInput(): void
  kill(): void
  /** Exit status; null where a signal ended it. */
  ended: Promise<number | null>
}

/** Starts kubectl; its input stays open. */
export function startKubectl(path: string, kubeconfig: string, args: readonly string[], cwd?: string): RunningKubectl {
  const child = spawn(path, args, { env: kubectlEnvironment(kubeconfig), ...(cwd === undefined ? {} : { cwd }) })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString('utf8')
  })
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString('utf8')
  })
  child.stdin.on('error', () => undefined)
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    write: (input) => void child.stdin.write(input),
    endInput: () => void child.stdin.end(),
    kill: () => void child.kill(),
    ended: new Promise((resolve) => child.on('close', resolve)),
  }
}

export type RanKubectl = { stdout: string; stderr: string; status: number | null }

/** Runs kubectl to its end. */
export async function runKubectl(path: string, kubeconfig: string, args: readonly string[], input = '', cwd?: string): Promise<RanKubectl> {
  const running = startKubectl(path, kubeconfig, args, cwd)
  if (input !== '') running.write(input)
  running.endInput()
  const status = await running.ended
  return { stdout: running.stdout(), stderr: running.stderr(), status }
}
