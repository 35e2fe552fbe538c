import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** Starts a process and waits until it prints a line that matches. Its standard error goes to ours. */
export function startProcess(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ChildProcess> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-65_536)
      if (ready.test(said)) resolve(child)
    })
    child.once('exit', (code) => reject(new Error(`${command} ${args[0] ?? ''} ended with ${code} before it was ready`)))
  })
}

export function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Resident memory, MiB: now and at its peak. */
export function memoryOf(child: ChildProcess): { nowMiB: number; peakMiB: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0)
  return { nowMiB: kib('VmRSS') / 1024, peakMiB: kib('VmHWM') / 1024 }
}

/** CPU seconds, user and system, that a process has used so far. */
export function cpuSecondsOf(child: ChildProcess): number {
  return cpuSecondsIn(`/proc/${child.pid}/stat`)
}

/** The same of its first thread alone, which runs its JavaScript. */
export function mainThreadSecondsOf(child: ChildProcess): number {
  return cpuSecondsIn(`/proc/${child.pid}/task/${child.pid}/stat`)
}

function cpuSecondsIn(path: string): number {
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
