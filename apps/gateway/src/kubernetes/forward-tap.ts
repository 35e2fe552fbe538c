import type { EventLog, UpgradeTap } from '../http/index.ts'
import { closeFrame } from '../http/web-socket-frames.ts'
import { appendForward, type ForwardAsked } from './forward-event.ts'
import { WholeFrames } from './whole-frames.ts'

/** Records a port-forward as the tunnel that it is: opened, closed, and how much went through. Its bytes are not recorded. */
export class ForwardTap implements UpgradeTap {
  violation: string | null = null
  readonly messages = { toTarget: 0, toCaller: 0 }
  private readonly caller = new WholeFrames(true)
  private readonly target = new WholeFrames(false)
  private readonly bytes = { toTarget: 0, toCaller: 0 }
  private isEnded = false

  constructor(
    private readonly log: EventLog,
    private readonly asked: ForwardAsked,
  ) {
    appendForward(log, asked, 'opened')
  }

  fromCaller(chunk: Buffer): Buffer {
    return this.pass(this.caller, 'toTarget', chunk)
  }

  fromTarget(chunk: Buffer): Buffer {
    return this.pass(this.target, 'toCaller', chunk)
  }

  end(): void {
    if (!this.isEnded) appendForward(this.log, this.asked, 'closed', this.bytes)
    this.isEnded = true
  }

  // A tunnel has no end of its own: whoever closes it is done with it.
  get outcome() {
    return { isComplete: true, message: null }
  }

  lastWords() {
    return {
      toCaller: this.target.isBetweenMessages ? closeFrame(1001, '', false) : null,
      toTarget: this.caller.isBetweenMessages ? closeFrame(1001, '', true) : null,
    }
  }

  private pass(reader: WholeFrames, direction: 'toTarget' | 'toCaller', chunk: Buffer): Buffer {
    const passed: Buffer[] = []
    for (const { raw, payload, kind, isFinal } of reader.read(chunk)) {
      passed.push(raw)
      if (kind > 2) continue
      this.bytes[direction] += payload.length
      if (isFinal) this.messages[direction] += 1
    }
    this.violation ??= reader.violation
    const [only] = passed
    return passed.length === 1 && only ? only : Buffer.concat(passed)
  }
}
