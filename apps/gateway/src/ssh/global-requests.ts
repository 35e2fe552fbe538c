import { Observer } from '@hoptrace/events'
import type { SpoolMark } from '../recording/session-recording.ts'
import type { BridgeParts } from './bridged-channel.ts'
import { globalFailure, keepalive, Message, type Request, readGlobalRequest } from './messages.ts'
import { ReplyOrder } from './reply-order.ts'
import { WireReader } from './wire-format.ts'

type Phase = 'opened' | 'closed' | 'refused'

/** Global requests (RFC 4254, section 4) of both sides, with their replies in order. */
export class GlobalRequests {
  private readonly callers: ReplyOrder
  private readonly targets: ReplyOrder
  private listeners = 0

  constructor(
    private readonly parts: BridgeParts,
    private readonly mayForward: boolean,
  ) {
    this.callers = new ReplyOrder((reply) => parts.flow.toCaller(reply, parts.recording.mark))
    this.targets = new ReplyOrder((reply) => parts.flow.toTarget(reply))
  }

  /** Does the target listen for the caller? */
  get isListening(): boolean {
    return this.listeners > 0
  }

  fromCaller(payload: Buffer) {
    const request = readGlobalRequest(payload)
    switch (request.type) {
      case 'tcpip-forward':
        return this.mayForward ? this.listen(payload, request) : this.refuseListening(request, 'remote-listen')
      case 'cancel-tcpip-forward':
        return this.cancel(payload, request)
      case 'streamlocal-forward@openssh.com':
        return this.refuseListening(request, 'streamlocal')
      case 'no-more-sessions@openssh.com':
      case 'keepalive@openssh.com':
        if (request.wantsReply) this.callers.passOn()
        return this.parts.flow.toTarget(payload)
      default:
        return this.refuse(request)
    }
  }

  fromTarget(payload: Buffer, mark: SpoolMark) {
    const request = readGlobalRequest(payload)
    if (request.type === 'keepalive@openssh.com') {
      if (request.wantsReply) this.targets.passOn()
      return this.parts.flow.toCaller(payload, mark)
    }
    // `hostkeys-00@openssh.com` names the target's keys: to the caller the host is the gateway.
    if (request.wantsReply) this.targets.answer(globalFailure())
  }

  replyFromCaller(payload: Buffer): void {
    this.targets.answered(payload)
  }

  replyFromTarget(payload: Buffer): void {
    this.callers.answered(payload)
  }

  askCallerForLife(): void {
    this.targets.ask(() => {})
    this.parts.flow.toCaller(keepalive(), this.parts.recording.mark)
  }

  askTargetForLife(): void {
    this.callers.ask(() => {})
    this.parts.flow.toTarget(keepalive())
  }

  private listen(payload: Buffer, request: Request): void {
    const [host, port] = [request.rest.text(), request.rest.uint32()]
    this.record('remote-listen', 'opened', host, port)
    this.askTarget(payload, request, (reply) => {
      if (reply[0] !== Message.requestSuccess) return this.record('remote-listen', 'refused', host, port)
      this.listeners += 1
      // Asked for port 0, the target chose one and says which.
      if (port === 0 && reply.length >= 5) this.record('remote-listen', 'opened', host, new WireReader(reply, 1).uint32())
    })
  }

  private cancel(payload: Buffer, request: Request): void {
    const [host, port] = [request.rest.text(), request.rest.uint32()]
    this.askTarget(payload, request, (reply) => {
      if (reply[0] !== Message.requestSuccess || this.listeners === 0) return
      this.listeners -= 1
      this.record('remote-listen', 'closed', host, port)
    })
  }

  // The reply is wanted in any case: the record says what the target made of it.
  private askTarget(payload: Buffer, request: Request, onReply: (reply: Buffer) => void): void {
    if (request.wantsReply) this.callers.passOn(onReply)
    else this.callers.ask(onReply)
    payload[request.wantsReplyAt] = 1
    this.parts.flow.toTarget(payload)
  }

  private refuseListening(request: Request, direction: 'remote-listen' | 'streamlocal'): void {
    const host = request.rest.text()
    this.record(direction, 'refused', host, direction === 'streamlocal' ? 0 : request.rest.uint32())
    this.refuse(request)
  }

  private refuse(request: Request): void {
    if (request.wantsReply) this.callers.answer(globalFailure())
  }

  private record(direction: 'remote-listen' | 'streamlocal', phase: Phase, host: string, port: number): void {
    const found = new Observer(this.parts.recording.digestKey).text(host, 'asked', '/host').result()
    this.parts.emit('ssh.forward', { channel: null, direction, phase, host, port, bytesToTarget: 0, bytesToCaller: 0 }, found)
  }
}
