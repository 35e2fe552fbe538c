import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../../bin/hoptrace.js', import.meta.url))

export type Ended = { code: number | null; stdout: string; stderr: string }

/** `hoptrace` as a person runs it, with an environment and a directory of its own. */
export class CommandLine {
  constructor(
    private readonly environment: Record<string, string>,
    private readonly directory: string,
  ) {}

  start(args: readonly string[], more: Record<string, string> = {}): RunningCommand {
    const { HOPTRACE_CONFIG: _config, HOPTRACE_TOKEN: _token, ...inherited } = process.env
    return new RunningCommand(
      spawn(process.execPath, [BIN, ...args], { env: { ...inherited, ...this.environment, ...more }, cwd: this.directory, stdio: 'pipe' }),
    )
  }

  run(args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, more).ended
  }
}

export class RunningCommand {
  readonly ended: Promise<Ended>
  private stdout = ''
  private stderr = ''

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (text) => {
      this.stdout += String(text)
    })
    child.stderr?.on('data', (text) => {
      this.stderr += String(text)
    })
    child.stdin?.end()
    this.ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout: this.stdout, stderr: this.stderr }))
  }

  /** Waits until it says something on standard error. @throws Error when it ends before */
  async says(what: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = what.exec(this.stderr)
      if (match) return match
      if (this.child.exitCode !== null) throw new Error(`It ended, having said: ${this.stderr}`)
      await Promise.race([once(this.child.stderr ?? this.child, 'data'), this.ended])
    }
  }
}
