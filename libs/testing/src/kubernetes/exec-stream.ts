import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import type { KubernetesFaults } from './faults.ts'
import { isJson } from './objects.ts'
import { type Program, runProgram } from './program.ts'
import { failure } from './status.ts'

/** The channels of `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte of each message. */
const Channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

export type ExecOptions = {
  command: readonly string[]
  directory: string
  pod: string
  tty: boolean
  stdin: boolean
  stdout: boolean
  stderr: boolean
  /** Hears how the program ended. */
  onExit: (code: number) => void
}

/** A continuation frame of one byte (RFC 6455, section 5.2), where no message was begun. */
const STRAY_CONTINUATION = Buffer.of(0x80, 0x01, 0x41)

/** Runs a program for one WebSocket of `exec` or `attach`, its status on channel 3 at the end. */
export class ExecStream {
  private sent = 0
  private isOver = false
  private readonly held: Buffer[] = []
  private readonly program: Program

  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Socket,
    private readonly options: ExecOptions,
    private readonly faults: KubernetesFaults,
  ) {
    this.begin()
    this.program = runProgram(
      { ...options, isTerminal: options.tty },
      {
        onOutput: (bytes, stream) => this.output(bytes, stream),
        onExit: (code) => this.exited(code),
        onFault: (message) => this.end(failure(500, 'InternalError', `error executing command in container: ${message}`)),
      },
    )
    webSocket.on('message', (message: RawData) => this.take(Buffer.isBuffer(message) ? message : Buffer.alloc(0)))
    webSocket.on('close', () => this.program.kill())
    webSocket.on('error', () => this.program.kill())
  }

  // As the API server does: an empty message on the lowest channel that it writes says that the stream stands.
  private begin(): void {
    const lowest = this.options.stdout ? Channel.stdout : this.options.stderr ? Channel.stderr : Channel.error
    this.send(lowest, Buffer.alloc(0))
    if (this.faults.continuesNothing) this.socket.write(STRAY_CONTINUATION)
    if (this.faults.strayChannel !== null) this.send(this.faults.strayChannel, Buffer.from('stray'))
  }

  private take(message: Buffer): void {
    const content = message.subarray(1)
    if (message[0] === Channel.stdin && this.options.stdin) this.program.write(content)
    else if (message[0] === Channel.close && content[0] === Channel.stdin) this.program.endInput()
    else if (message[0] === Channel.resize) this.resize(content)
  }

  private resize(content: Buffer): void {
    const size: unknown = JSON.parse(content.toString('utf8'))
    if (isJson(size) && Number(size.Width) > 0 && Number(size.Height) > 0) this.program.resize(Number(size.Width), Number(size.Height))
  }

  private output(bytes: Buffer, stream: 'stdout' | 'stderr'): void {
    if (this.isOver || !this.options[stream]) return
    if (this.faults.statusBeforeOutput) {
      this.held.push(Buffer.concat([Buffer.of(Channel[stream]), bytes]))
      return
    }
    this.send(Channel[stream], bytes)
    this.sent += bytes.length
    const { execResetAfterBytes } = this.faults
    if (execResetAfterBytes !== null && this.sent >= execResetAfterBytes) this.socket.destroy()
  }

  private exited(code: number) {
    this.options.onExit(code)
    if (code === 0) return this.end({ metadata: {}, status: 'Success' })
    const details = { causes: [{ reason: 'ExitCode', message: `${code}` }] }
    const message = `command terminated with non-zero exit code: exit status ${code}`
    this.end({ metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details })
  }

  private end(status: object): void {
    if (this.isOver) return
    this.isOver = true
    this.send(Channel.error, Buffer.from(JSON.stringify(status)))
    for (const message of this.held) this.webSocket.send(message)
    this.webSocket.close(1000)
  }

  private send(channel: number, bytes: Buffer): void {
    if (this.webSocket.readyState === this.webSocket.OPEN) this.webSocket.send(Buffer.concat([Buffer.of(channel), bytes]))
  }
}
