import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const KEPT_CHARACTERS = 65_536
/** What a process that has ended wrote last is waited for so long; one that it left behind may hold its streams open. */
const LAST_WORDS_MS = 1000

/** A terminal in which a line of the README was entered that stays. */
export class Terminal {
  private said = ''
  private readonly child: ChildProcess
  /** Rejects when the line ends by itself, with what it wrote. */
  private readonly ended: Promise<never>

  constructor(
    /** What was exported before, and the line. */
    private readonly lines: readonly string[],
    cwd: string,
  ) {
    this.child = spawn('bash', ['-c', lines.join('\n')], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.said = (this.said + bytes.toString()).slice(-KEPT_CHARACTERS)
      })
    }
    this.ended = this.end()
    this.ended.catch(() => undefined)
  }

  /** @throws as soon as the line has ended */
  says(what: RegExp): Promise<void> {
    return this.until(async () => what.test(this.said))
  }

  /** Waits for a process that says whether it is ready at that port. @throws as soon as the line has ended */
  isReadyAt(port: number): Promise<void> {
    return this.until(() =>
      fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
        (response) => response.ok,
        () => false,
      ),
    )
  }

  /** Asks it to end, and waits until it has. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exited = once(this.child, 'exit')
    process.kill(-(this.child.pid ?? 0), 'SIGTERM')
    await exited
  }

  private async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await Promise.race([isSo(), this.ended]))) await Promise.race([sleep(200), this.ended])
  }

  private async end(): Promise<never> {
    const closed = once(this.child, 'close')
    const [code, signal] = await once(this.child, 'exit')
    await Promise.race([closed, sleep(LAST_WORDS_MS)])
    throw new Error(`${this.lines.at(-1)} ended with ${code ?? signal}, having written:\n${this.said}`)
  }
}

/** @throws when something listens at one of these ports of loopback already */
export async function expectFree(ports: readonly number[]): Promise<void> {
  const taken: number[] = []
  for (const port of ports) if (!(await isFree(port))) taken.push(port)
  if (taken.length > 0) throw new Error(`The README's own ports are taken on this machine: end what listens at ${taken.join(', ')}`)
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : fail(error)))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}
