import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export type FaultyProcess = {
  /** A built module. */
  main: string
  env: NodeJS.ProcessEnv
  /** True once it does its work. Asked again and again until it is, or the process is gone. */
  isReady: () => Promise<boolean>
}

/** A process of the product, built, to be killed and started again. */
export class ProcessUnderFault {
  private child: ChildProcess | null = null

  constructor(private readonly options: FaultyProcess) {}

  get pid(): number {
    return this.child?.pid ?? 0
  }

  get isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null
  }

  /**
   * Starts it and waits until it is ready.
   * @param inject an expression of strace's `-e inject=`, to have it fail or be killed at a system call: then it may be gone
   */
  async start(inject?: string): Promise<void> {
    const { main, env, isReady } = this.options
    const node = [process.execPath, main]
    const traced = ['strace', '-f', '-qqq', '-o', '/dev/null', '-e', `trace=${inject?.split(':')[0]}`, '-e', `inject=${inject}`, ...node]
    const [command = '', ...args] = inject ? traced : node
    this.child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'], detached: true })
    while (this.isRunning && !(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20))
    if (!inject && !this.isRunning) throw new Error(`${main} ended with ${this.child.exitCode ?? this.child.signalCode} at its start`)
    if (!this.isRunning) await this.gone()
  }

  /** kill -9, and waits until it is gone. */
  kill(): Promise<void> {
    return this.end('SIGKILL')
  }

  /** Waits until it has been killed by what was injected; kills it when it lives on for `patienceMs`. */
  async expectDeath(patienceMs: number): Promise<void> {
    const timer = setTimeout(() => this.kill(), patienceMs)
    if (this.child && this.isRunning) await once(this.child, 'exit')
    clearTimeout(timer)
    await this.gone()
  }

  /** Stops every thread of it, as a machine that hangs would. */
  pause(): void {
    process.kill(-this.pid, 'SIGSTOP')
  }
  resume(): void {
    if (this.isRunning) process.kill(-this.pid, 'SIGCONT')
  }

  /** Signals it, and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child || !this.isRunning) return
    const exited = once(this.child, 'exit')
    // The whole group: a tracer that is killed alone lets its tracee live.
    process.kill(-this.pid, signal)
    await exited
    await this.gone()
  }

  // A tracer may be gone before its tracee, which still holds its files and its ports then.
  private async gone(): Promise<void> {
    while (isThere(-this.pid)) await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** @param pid of a process, or that of a group, negative */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}
