import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** A child that lived this long has recovered: its next failure pauses briefly again. */
const STEADY_MS = 60_000

export type ChildOptions = {
  name: string
  /** The JavaScript file that it runs. */
  main: string
  env: NodeJS.ProcessEnv
  /** Resolves when it answers; rejects when aborted. */
  ready: (signal: AbortSignal) => Promise<void>
  /** What it logs goes to our error stream, or nowhere but its warnings and errors. */
  logs: 'all' | 'warnings'
  /** Tells people what became of it. */
  report: (message: string) => void
}

/** One child process, started again with growing pauses whenever it dies. */
export class Child {
  private process: ChildProcess | null = null
  private readonly stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()

  constructor(private readonly options: ChildOptions) {}

  get pid(): number | undefined {
    return this.process?.pid
  }

  /** Resolves when the child answers for the first time; rejects when it dies before: a mistake at boot is not repeated. */
  async start(): Promise<void> {
    const { name, ready } = this.options
    const died = this.spawn()
    const waiting = new AbortController()
    const outcome = await Promise.race([ready(waiting.signal).then(() => 'ready' as const), died])
    waiting.abort()
    if (outcome !== 'ready') throw new ChildDiedError(name, outcome)
    this.running = this.keepAlive(died)
  }

  /** Asks it to end, and waits until it has. @param graceMs then it is killed */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort()
    const child = this.process
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await once(child, 'exit')
      clearTimeout(killer)
    }
    await this.running
  }

  private async keepAlive(died: Promise<string>): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    let startedAt = performance.now()
    for (let current = died; ; current = this.spawn()) {
      const how = await current
      if (this.stopping.signal.aborted) return
      pauseMs = performance.now() - startedAt > STEADY_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      this.options.report(`The ${this.options.name} ended (${how}); starting it again in ${pauseMs} ms.`)
      await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined)
      if (this.stopping.signal.aborted) return
      startedAt = performance.now()
    }
  }

  /** Resolves with how it ended. */
  private spawn(): Promise<string> {
    const { main, env, logs } = this.options
    // What children log is for the error stream; ours is for what people asked. The channel tells them when we are gone.
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env,
      stdio: ['ignore', logs === 'all' ? process.stderr : 'ignore', process.stderr, 'ipc'],
    })
    this.process = child
    return new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`))
      child.once('error', (error) => resolve(error.message))
    })
  }
}

export class ChildDiedError extends Error {
  readonly code = 'CHILD_DIED'
  readonly retryable = false
  constructor(name: string, how: string) {
    super(`The ${name} did not start (${how}); its own message stands above`)
  }
}
