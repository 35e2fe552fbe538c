import { Observer, observeVariable } from '@hoptrace/events'
import type { SpoolMark } from '../recording/session-recording.ts'
import type { ChannelRecorder } from '../terminal/emit.ts'
import type { ScanBudget } from '../terminal/scan-allowance.ts'
import type { BridgeParts } from './bridged-channel.ts'
import { Message, type Request, readChannelRequest } from './messages.ts'
import { ProgramRecorders, type Pty } from './program-recorder.ts'
import { ReplyOrder } from './reply-order.ts'
import { MalformedMessageError } from './wire-format.ts'

/** Messages that may wait while the target is asked about the environment. */
const MAX_WAITING = 1024

/** The channel that requests are made on. */
export interface AskedChannel {
  readonly id: number
  /** Takes up a message that had to wait. */
  takeFromCaller(payload: Buffer): void
  toTarget(payload: Buffer): void
  toCaller(payload: Buffer, mark: SpoolMark): void
  /** Answers the caller in the target's place. */
  answer(isSuccess: boolean): void
}

/** The requests that a caller makes on a session channel (RFC 4254, section 6): recorded, then passed on or refused. */
export class CallerRequests {
  /** Of the program, once one was asked for. */
  recorder: ChannelRecorder | null = null
  readonly replies: ReplyOrder
  private readonly programs: ProgramRecorders
  private pty: Pty = null
  private environmentAsked = 0
  private readonly waiting: Buffer[] = []

  constructor(
    private readonly channel: AskedChannel,
    private readonly parts: BridgeParts,
    budget: ScanBudget,
  ) {
    this.programs = new ProgramRecorders(channel.id, parts, budget)
    this.replies = new ReplyOrder((reply) => channel.toCaller(reply, parts.recording.mark))
  }

  /** Until the target has said which variables it takes: only then can they be recorded truthfully, before the program starts. */
  get mustWait(): boolean {
    return this.environmentAsked > 0
  }

  wait(payload: Buffer) {
    // More variables need not wait for each other.
    if (this.waiting.length === 0 && payload[0] === Message.channelRequest && readChannelRequest(payload).type === 'env') {
      return this.take(payload)
    }
    if (this.waiting.length >= MAX_WAITING) throw new MalformedMessageError('too many messages before the program')
    this.waiting.push(payload)
  }

  take(payload: Buffer) {
    const request = readChannelRequest(payload)
    switch (request.type) {
      case 'env':
        return this.environment(payload, request)
      case 'pty-req':
        this.pty = { term: request.rest.text(), cols: request.rest.uint32(), rows: request.rest.uint32() }
        return this.passOn(payload, request)
      case 'window-change':
        return this.resize(payload, request)
      case 'signal':
        this.parts.emit('ssh.signal', { channel: this.channel.id, signal: request.rest.text() })
        return this.passOn(payload, request)
      case 'break':
        this.parts.emit('ssh.signal', { channel: this.channel.id, signal: 'BREAK' })
        return this.passOn(payload, request)
      case 'shell':
      case 'exec':
      case 'subsystem':
        return this.program(payload, request)
      case 'xon-xoff':
      case 'eow@openssh.com':
      case 'keepalive@openssh.com':
        return this.passOn(payload, request)
      default:
        return this.refuse(request)
    }
  }

  private passOn(payload: Buffer, request: Request, onReply?: (isSuccess: boolean) => void): void {
    if (request.wantsReply) this.replies.passOn((reply) => onReply?.(reply[0] === Message.channelSuccess))
    this.channel.toTarget(payload)
  }

  private refuse(request: Request): void {
    const { id } = this.channel
    if (request.type === 'auth-agent-req@openssh.com') this.parts.emit('ssh.agent', { channel: id, isRefused: true })
    else if (request.type === 'x11-req') this.parts.emit('ssh.forward', refusedX11(id))
    if (request.wantsReply) this.channel.answer(false)
  }

  // OpenSSH asks without wanting a reply; the gateway wants one, to record what the target made of it.
  private environment(payload: Buffer, request: Request): void {
    const [name, value] = [request.rest.text(), request.rest.text()]
    const onReply = (reply: Buffer) => {
      const isAccepted = reply[0] === Message.channelSuccess
      const found = observeVariable(new Observer(this.parts.recording.digestKey), { name, value }).result()
      this.parts.emit('ssh.env', { channel: this.channel.id, name, value, isAccepted }, found)
      this.environmentAsked -= 1
      this.resume()
    }
    this.environmentAsked += 1
    if (request.wantsReply) this.replies.passOn(onReply)
    else this.replies.ask(onReply)
    payload[request.wantsReplyAt] = 1
    this.channel.toTarget(payload)
  }

  private resume(): void {
    while (this.environmentAsked === 0) {
      const next = this.waiting.shift()
      if (!next) return
      this.channel.takeFromCaller(next)
    }
  }

  private resize(payload: Buffer, request: Request): void {
    this.parts.emit('terminal.resize', { channel: this.channel.id, cols: request.rest.uint32(), rows: request.rest.uint32() })
    this.passOn(payload, request)
  }

  private program(payload: Buffer, request: Request) {
    if (this.recorder) return this.refuse(request)
    if (request.type === 'subsystem') return this.subsystem(payload, request)
    this.recorder = request.type === 'shell' ? this.programs.shell(this.pty) : this.programs.exec(request.rest.string(), this.pty)
    this.passOn(payload, request)
  }

  private subsystem(payload: Buffer, request: Request) {
    const name = request.rest.text()
    const { id: channel } = this.channel
    const isAccepted = name === 'sftp'
    this.parts.emit('ssh.subsystem', { channel, name, isAccepted })
    if (!isAccepted) return this.refuse(request)
    this.recorder = this.programs.sftp()
    this.passOn(payload, request, (isSuccess) => {
      if (!isSuccess) this.parts.emit('ssh.subsystem', { channel, name, isAccepted: false })
    })
  }
}

function refusedX11(channel: number) {
  return { channel, direction: 'x11', phase: 'refused', host: '', port: 0, bytesToTarget: 0, bytesToCaller: 0 } as const
}
