import { printable } from '@hoptrace/events'
import type { UpgradeTap } from './dialect.ts'
import type { EventLog } from './fitting-log.ts'
import type { ToolCalls } from './tool-calls.ts'
import { WebSocketDirection } from './web-socket-direction.ts'
import { closeFrame } from './web-socket-frames.ts'

// RFC 6455, 7.4.1
const PROTOCOL_ERROR = 1002
const POLICY_VIOLATION = 1008

/** Records the messages of a WebSocket: the first ones, the count of all, and the tools that are called in them. */
export class WebSocketTap implements UpgradeTap {
  private readonly toTarget: WebSocketDirection
  private readonly toCaller: WebSocketDirection
  private isBroken = false

  constructor(log: EventLog, request: number, calls: ToolCalls) {
    this.toTarget = new WebSocketDirection(log, request, 'toTarget', calls)
    this.toCaller = new WebSocketDirection(log, request, 'toCaller', calls)
  }

  fromCaller(chunk: Buffer, nowUs: number): Buffer {
    return this.toTarget.read(chunk, nowUs)
  }

  fromTarget(chunk: Buffer, nowUs: number): Buffer {
    return this.toCaller.read(chunk, nowUs)
  }

  get violation(): string | null {
    return this.toTarget.reader.violation ?? this.toCaller.reader.violation
  }

  end(): void {
    this.isBroken = this.toTarget.closing === null || this.toCaller.closing === null
  }

  get messages(): { toTarget: number; toCaller: number } {
    return { toCaller: this.toCaller.messages, toTarget: this.toTarget.messages }
  }

  get outcome(): { isComplete: boolean; message: string | null } {
    const by = this.toTarget.closing ? 'the caller' : 'the target'
    const closing = this.toTarget.closing ?? this.toCaller.closing
    if (closing === null) return { isComplete: false, message: 'the connection was lost' }
    const reason = closing.reason === '' ? '' : `: ${printable(closing.reason).toWellFormed()}`
    return { isComplete: !this.isBroken, message: `closed by ${by} (${closing.code})${reason}` }
  }

  lastWords(why: 'violation' | 'stopped', message: string): { toCaller: Buffer | null; toTarget: Buffer | null } {
    const code = why === 'violation' ? PROTOCOL_ERROR : POLICY_VIOLATION
    return {
      toCaller: this.toCaller.isBetweenFrames ? closeFrame(code, message, false) : null,
      toTarget: this.toTarget.isBetweenFrames ? closeFrame(code, message, true) : null,
    }
  }
}
