import { spawn } from 'node:child_process'
import { spawn as spawnInTerminal } from '@lydell/node-pty'

export type ProgramOptions = { command: readonly string[]; directory: string; pod: string; isTerminal: boolean }

/** A program that runs in a pod of the fake cluster. */
export type Program = {
  write(bytes: Buffer): void
  endInput(): void
  resize(cols: number, rows: number): void
  kill(): void
}

export type ProgramListener = {
  onOutput(bytes: Buffer, stream: 'stdout' | 'stderr'): void
  onExit(code: number): void
  /** It could not be started. */
  onFault(message: string): void
}

const SIGNALLED = 128

/** Runs a program of this machine in a pod's directory, with a terminal or with pipes. */
export function runProgram(options: ProgramOptions, listener: ProgramListener): Program {
  return options.isTerminal ? runInTerminal(options, listener) : runWithPipes(options, listener)
}

function environmentOf({ directory, pod }: ProgramOptions): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: directory, HOSTNAME: pod, TERM: 'xterm', PS1: '$ ' }
}

function runInTerminal(options: ProgramOptions, listener: ProgramListener): Program {
  const [file = 'sh', ...args] = options.command
  const pty = spawnInTerminal(file, args, { cwd: options.directory, env: environmentOf(options), cols: 80, rows: 24, encoding: null })
  // With no encoding it gives bytes, which its types do not say.
  pty.onData((bytes: unknown) => listener.onOutput(Buffer.isBuffer(bytes) ? bytes : Buffer.from(String(bytes)), 'stdout'))
  pty.onExit(({ exitCode, signal }) => listener.onExit(signal ? SIGNALLED + signal : exitCode))
  return {
    write: (bytes) => pty.write(bytes.toString('utf8')),
    endInput: () => pty.write('\x04'),
    resize: (cols, rows) => pty.resize(cols, rows),
    kill: () => pty.kill('SIGKILL'),
  }
}

function runWithPipes(options: ProgramOptions, listener: ProgramListener): Program {
  const [file = 'sh', ...args] = options.command
  const child = spawn(file, args, { cwd: options.directory, env: environmentOf(options) })
  child.on('error', () => listener.onFault(`exec: "${file}": executable file not found in $PATH`))
  child.stdout.on('data', (bytes: Buffer) => listener.onOutput(bytes, 'stdout'))
  child.stderr.on('data', (bytes: Buffer) => listener.onOutput(bytes, 'stderr'))
  child.stdin.on('error', () => undefined)
  child.on('close', (code) => child.pid !== undefined && listener.onExit(code ?? SIGNALLED + 9))
  return {
    write: (bytes) => void child.stdin.write(bytes),
    endInput: () => void child.stdin.end(),
    resize: () => undefined,
    kill: () => void child.kill('SIGKILL'),
  }
}
