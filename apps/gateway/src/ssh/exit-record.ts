import type { SpoolMark } from '../recording/session-recording.ts'
import type { Emit } from '../terminal/emit.ts'
import type { Request } from './messages.ts'

export type HeldExit = { payload: Buffer; mark: SpoolMark }

/**
 * How a program ended, recorded once. OpenSSH may send the exit status before the last output, so the message waits
 * for the target's EOF or CLOSE: then the counts are whole, and the caller learns of the exit after it is recorded.
 */
export class ExitRecord {
  readonly bytes = { stdout: 0, stderr: 0, stdin: 0 }
  private status: number | null = null
  private signal: string | null = null
  private held: HeldExit | null = null
  private isRecorded = false

  constructor(
    private readonly channel: number,
    private readonly emit: Emit,
  ) {}

  get isHeld(): boolean {
    return this.held !== null
  }

  /** `exit-status` or `exit-signal`, RFC 4254, section 6.10. */
  take(request: Request, exit: HeldExit): void {
    if (request.type === 'exit-status') this.status = request.rest.uint32()
    else this.signal = request.rest.text()
    this.held = exit
  }

  /** @returns the message that may now pass to the caller */
  record(): HeldExit | null {
    const held = this.held
    this.held = null
    if (this.isRecorded) return held
    this.isRecorded = true
    const { stdout: stdoutBytes, stderr: stderrBytes, stdin: stdinBytes } = this.bytes
    const { channel, status, signal } = this
    this.emit('ssh.exit', { channel, status, signal, stdoutBytes, stderrBytes, stdinBytes })
    return held
  }
}
