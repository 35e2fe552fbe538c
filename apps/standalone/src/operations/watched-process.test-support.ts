import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@hoptrace/testing'

/** Asks again until it is so. The test's own time-out ends it otherwise. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await sleep(100)
}

/** One of the built processes, with an ops server. */
export class WatchedProcess {
  private constructor(
    readonly child: ChildProcess,
    private readonly ops: number,
    private readonly said: string[],
  ) {}

  /** Resolves when it is ready; rejects when it ends before. */
  static async start(app: string, env: NodeJS.ProcessEnv): Promise<WatchedProcess> {
    const ops = await freePort()
    const main = resolve(`apps/${app}/dist/main.js`)
    const child = spawn(process.execPath, [main], { env: { ...process.env, ...env, HOPTRACE_OPS_LISTEN: String(ops) } })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')))
    const started = new WatchedProcess(child, ops, said)
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${app} ended with ${child.exitCode}: ${said.join('')}`)
      return (await started.ask('/readyz'))?.ok ?? false
    })
    return started
  }

  /** What it wrote to its standard streams. */
  get log(): string {
    return this.said.join('')
  }

  /** Null while nobody answers. */
  async ask(path: string): Promise<Response | null> {
    return fetch(`http://127.0.0.1:${this.ops}${path}`, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
  }

  /** The sum of a metric over its labels; 0 before it has a value. */
  async metric(name: string): Promise<number> {
    const text = (await (await this.ask('/metrics'))?.text()) ?? ''
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value))
    return values.reduce((sum, value) => sum + value, 0)
  }

  /** @returns its exit code; null when the signal itself ended it */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode
    const exited = once(this.child, 'exit')
    this.child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }
}
