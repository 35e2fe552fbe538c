import type { SpoolMark } from '../recording/session-recording.ts'
import type { ScanBudget } from '../terminal/scan-allowance.ts'
import { BridgedChannel, type BridgeParts } from './bridged-channel.ts'
import { CallerRequests } from './caller-requests.ts'
import { ExitRecord } from './exit-record.ts'
import { channelBytes, channelReply, Message, readChannelRequest } from './messages.ts'
import { OutputBatch } from './output-batch.ts'
import { ReplyOrder } from './reply-order.ts'
import { MalformedMessageError } from './wire-format.ts'

/** A channel that runs a program: exec, shell or subsystem (RFC 4254, section 6). */
export class SessionChannel extends BridgedChannel {
  private readonly exit: ExitRecord
  private readonly requests: CallerRequests
  private readonly repliesToTarget: ReplyOrder
  private readonly outputs: OutputBatch
  private isTargetDone = false

  constructor(id: number, parts: BridgeParts, budget: ScanBudget) {
    super(id, parts)
    this.exit = new ExitRecord(id, parts.emit)
    this.requests = new CallerRequests(this, parts, budget)
    this.repliesToTarget = new ReplyOrder((reply) => this.toTarget(reply))
    this.outputs = new OutputBatch(
      (bytes, stream) => this.requests.recorder?.fromTarget(bytes, stream, parts.nowUs()),
      (payload, mark) => this.toCaller(payload, mark),
      parts.onTurnEnd,
    )
  }

  fromCaller(payload: Buffer): void {
    this.outputs.flush()
    if (this.requests.mustWait) this.requests.wait(payload)
    else this.takeFromCaller(payload)
  }

  /** What the caller sent while the target was being asked. */
  takeFromCaller(payload: Buffer) {
    switch (payload[0]) {
      case Message.channelData:
        return this.input(payload)
      case Message.channelRequest:
        return this.requests.take(payload)
      case Message.channelSuccess:
      case Message.channelFailure:
        this.repliesToTarget.answered(payload)
        return
      case Message.channelExtendedData:
        throw new MalformedMessageError('a caller has no extended data')
      default:
        this.toTarget(payload)
    }
  }

  fromTarget(payload: Buffer, mark: SpoolMark) {
    if (payload[0] === Message.channelData || payload[0] === Message.channelExtendedData) return this.output(payload, mark)
    this.outputs.flush()
    switch (payload[0]) {
      case Message.channelRequest:
        return this.targetAsks(payload, mark)
      case Message.channelSuccess:
      case Message.channelFailure:
        this.requests.replies.answered(payload)
        return
      default:
        if (payload[0] === Message.channelEof) this.targetSendsNoMore()
        if (payload[0] === Message.channelClose) this.end()
        this.toCaller(payload, mark)
    }
  }

  refused(): void {}

  end() {
    this.outputs.flush()
    if (!this.requests.recorder) return
    this.targetSendsNoMore()
    this.passExit()
  }

  private input(payload: Buffer): void {
    const { recorder } = this.requests
    if (!recorder) throw new MalformedMessageError('input before a program was asked for')
    const { bytes } = channelBytes(payload)
    this.exit.bytes.stdin += bytes.length
    recorder.fromCaller(bytes, this.parts.nowUs())
    this.toTarget(payload)
  }

  private output(payload: Buffer, mark: SpoolMark): void {
    if (!this.requests.recorder) throw new MalformedMessageError('output before a program was asked for')
    const { bytes, isStderr } = channelBytes(payload)
    const stream = isStderr ? 'stderr' : 'stdout'
    this.exit.bytes[stream] += bytes.length
    this.outputs.add(bytes, stream, payload, mark)
  }

  private targetAsks(payload: Buffer, mark: SpoolMark): void {
    const request = readChannelRequest(payload)
    if (request.type === 'exit-status' || request.type === 'exit-signal') {
      this.exit.take(request, { payload, mark })
      if (this.isTargetDone) this.passExit()
      return
    }
    // Keep-alives, `eow@openssh.com`, flow control: nothing that grants the target anything.
    if (request.wantsReply) this.repliesToTarget.passOn()
    this.toCaller(payload, mark)
  }

  // A server may send the exit status before its last output, or after EOF: only the CLOSE says that there is none.
  private targetSendsNoMore() {
    if (!this.isTargetDone) this.requests.recorder?.end()
    this.isTargetDone = true
    if (this.exit.isHeld) this.passExit()
  }

  private passExit() {
    const held = this.exit.record()
    if (held) this.toCaller(held.payload, held.mark)
  }

  /** Answers the caller in the target's place, in the order of its requests. */
  answer(isSuccess: boolean): void {
    this.requests.replies.answer(channelReply(this.callerAddress, isSuccess))
  }
}
