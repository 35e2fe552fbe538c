import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { STARTED } from './log-settings.ts'

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const LOG_CHARACTERS = 8_000
const HEAP = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC']

export type JavaCommand = { classPath: string; flags: string[]; cwd: string }

/** Formats the storage that `properties` names, as `kafka-storage.sh format` does. Accounts are SCRAM credentials in that tool's form. */
export async function formatStorage(command: JavaCommand, properties: string, accounts: string[]): Promise<void> {
  const added = accounts.flatMap((account) => ['--add-scram', account])
  const flags = ['-XX:TieredStopAtLevel=1', ...command.flags, '-cp', command.classPath]
  const main = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId(), '--config', properties, '--ignore-formatted', ...added]
  await promisify(execFile)('java', [...flags, ...main], { cwd: command.cwd })
}

// What StorageTool's `random-uuid` prints, without another start of Java: 16 bytes as base64url that begin with no dash.
function clusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? clusterId() : id
}

/** The broker's Java process, which can be ended and started again on what it stored. */
export class BrokerProcess {
  private process: ChildProcess | null = null
  private lines = ''

  constructor(
    private readonly command: JavaCommand,
    private readonly properties: string,
  ) {}

  async start(): Promise<void> {
    if (this.process) throw new Error('The broker runs already')
    const { classPath, flags, cwd } = this.command
    const [program, ...before] = [...launcher(), 'java']
    const main = [...HEAP, ...flags, '-cp', classPath, 'kafka.Kafka', this.properties]
    const started = spawn(program, [...before, ...main], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    this.process = started
    process.once('exit', () => started.kill('SIGKILL'))
    started.once('exit', () => {
      if (this.process === started) this.process = null
    })
    await this.readiness(started)
  }

  /** Ends it: SIGTERM lets it close its log, SIGKILL is a crash. Returns once it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = this.process
    if (!ending) return
    const exited = new Promise((resolve) => ending.once('exit', resolve))
    // A stopped process does not hear SIGTERM.
    ending.kill('SIGCONT')
    ending.kill(signal)
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(timer)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.process) throw new Error('The broker does not run')
    this.process.kill(signal)
  }

  /** The end of what it logged. */
  log(): string {
    return this.lines
  }

  private readiness(broker: ChildProcess): Promise<void> {
    this.lines = ''
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => reject(new Error(`Apache Kafka ${what}:\n${this.lines}`))
      const timer = setTimeout(() => fail('did not start'), START_TIMEOUT_MS)
      broker.once('error', (error) => fail(`cannot be run (${error.message})`))
      broker.once('exit', () => fail('ended at its start'))
      const onText = (text: Buffer): void => {
        this.lines = (this.lines + text.toString()).slice(-LOG_CHARACTERS)
        if (!this.lines.includes(STARTED)) return
        clearTimeout(timer)
        resolve()
      }
      broker.stdout?.on('data', onText)
      broker.stderr?.on('data', onText)
    })
  }
}

let found: [string, ...string[]] | [] | null = null

// On Linux the broker goes down with whoever started it, even when that is killed.
function launcher(): [string, ...string[]] | [] {
  found ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0 ? ['setpriv', '--pdeathsig', 'KILL'] : []
  return found
}
