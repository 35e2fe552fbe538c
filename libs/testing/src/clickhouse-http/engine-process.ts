import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { engineLibrary, RUN_LOCAL } from './engine-library.ts'

const START_TIMEOUT_MS = 60_000
const LOG_CHARACTERS = 8_000
// It serves until its standard input ends: whoever started it and dies takes it along, and ending it in order loses nothing.
const SERVE = `SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT count() FROM file('-', 'LineAsString') FORMAT Null`

/** The engine in a process of its own, which can be ended and started again on what it stored. */
export class EngineProcess {
  private process: ChildProcess | null = null
  private log = ''

  constructor(
    private readonly configFile: string,
    private readonly url: string,
  ) {}

  async start(): Promise<void> {
    if (this.process) throw new Error('ClickHouse runs already')
    const library = engineLibrary()
    if (library === null) throw new Error('The embedded engine has no library for this platform')
    const started = spawn('python3', ['-c', RUN_LOCAL, library, `--config-file=${this.configFile}`, `--query=${SERVE}`], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    this.process = started
    started.once('exit', () => {
      if (this.process === started) this.process = null
    })
    started.stderr?.on('data', (text: Buffer) => {
      this.log = (this.log + text.toString()).slice(-LOG_CHARACTERS)
    })
    await this.readiness(started)
  }

  /** In order, as a shutdown does. */
  async stop(): Promise<void> {
    await this.ended((process) => {
      process.kill('SIGCONT')
      process.stdin?.end()
    })
  }

  /** At once, as a crash does. */
  async kill(): Promise<void> {
    await this.ended((process) => process.kill('SIGKILL'))
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.process) throw new Error('ClickHouse does not run')
    this.process.kill(signal)
  }

  private async ended(end: (process: ChildProcess) => void): Promise<void> {
    const ending = this.process
    if (!ending) return
    const exited = new Promise((resolve) => ending.once('exit', resolve))
    end(ending)
    await exited
  }

  private async readiness(started: ChildProcess): Promise<void> {
    const giveUpAt = performance.now() + START_TIMEOUT_MS
    while (started.exitCode === null && started.signalCode === null && performance.now() < giveUpAt) {
      const isUp = await fetch(`${this.url}/ping`).then(
        (response) => response.ok,
        () => false,
      )
      if (isUp) return
      await delay(20)
    }
    started.kill('SIGKILL')
    throw new Error(`ClickHouse did not start: ${this.log}`)
  }
}
