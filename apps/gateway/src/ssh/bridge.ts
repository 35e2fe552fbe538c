import type { EndReason, SessionRecording, SpoolMark, StopOrder } from '../recording/session-recording.ts'
import type { BridgedChannel, BridgeParts } from './bridged-channel.ts'
import { ChannelOpens } from './channel-opens.ts'
import { Flow } from './flow.ts'
import { GlobalRequests } from './global-requests.ts'
import { Keepalive } from './keepalive.ts'
import { DisconnectReason, Message, openConfirmation, readdress, readOpenConfirmation, recipientOf } from './messages.ts'
import { ReleaseMarks } from './release-marks.ts'
import type { Transport } from './transport.ts'
import { MalformedMessageError } from './wire-format.ts'

export type BridgeOptions = {
  recording: SessionRecording
  caller: Transport
  target: Transport
  /** May the run open `-L` and `-R` forwards? */
  mayForward: boolean
  /** Silence after which a side is asked whether it lives, in milliseconds. */
  keepaliveMs: number
  nowUs: () => number
  /** A fault of the proxy itself; the session has been ended. */
  onFault: (error: unknown) => void
}

/**
 * Joins one caller and one target, message by message: windows, terminal modes and bytes pass as they are, so that
 * flow control stays between the two ends. Everything asked is appended before it is passed on.
 */
export class Bridge {
  private readonly channels = new Map<number, BridgedChannel>()
  private readonly parts: BridgeParts
  private readonly opens: ChannelOpens
  private readonly globals: GlobalRequests
  private readonly callerLife: Keepalive
  private readonly targetLife: Keepalive
  private readonly marks = new ReleaseMarks()
  private isOver = false

  constructor(private readonly options: BridgeOptions) {
    const { recording, caller, target, nowUs, mayForward, keepaliveMs } = options
    const flow = new Flow(recording, caller, target)
    this.parts = {
      flow,
      recording,
      nowUs,
      emit: (type, body, found) => recording.append(type, body, found),
      onTurnEnd: (listener) => process.nextTick(() => this.guarded(listener)),
    }
    this.opens = new ChannelOpens(this.parts, this.channels, mayForward)
    this.globals = new GlobalRequests(this.parts, mayForward)
    this.callerLife = new Keepalive(
      keepaliveMs,
      () => this.globals.askCallerForLife(),
      () => this.finish('client', 'the caller no longer answers'),
    )
    this.targetLife = new Keepalive(
      keepaliveMs,
      () => this.globals.askTargetForLife(),
      () => this.finish('target', 'the target no longer answers'),
    )
  }

  start() {
    const { recording, caller, target } = this.options
    recording.onStop((order) => this.stop(order))
    // What a side sent before it went is passed on first.
    caller.socket.once('close', () => recording.forward(() => this.finish('client')))
    target.socket.once('close', () => recording.release(recording.mark, () => this.finish('target', 'the target closed the connection')))
    if (caller.socket.destroyed) return this.finish('client')
    if (target.socket.destroyed) return this.finish('target', 'the target closed the connection')
    target.listen((payload) => this.guarded(() => this.fromTarget(payload)))
    caller.listen((payload) => this.guarded(() => this.fromCaller(payload)))
  }

  private guarded(take: () => void) {
    if (this.isOver) return
    try {
      take()
    } catch (error) {
      if (error instanceof MalformedMessageError) return this.finish('error', error.message)
      this.finish('error', 'the recording proxy failed')
      this.options.onFault(error)
    }
  }

  private fromCaller(payload: Buffer) {
    this.callerLife.seen()
    this.passFromCaller(payload)
    this.marks.hasAsked(this.options.recording.mark)
  }

  private passFromCaller(payload: Buffer) {
    switch (payload[0]) {
      case Message.globalRequest:
        return this.globals.fromCaller(payload)
      case Message.requestSuccess:
      case Message.requestFailure:
        return this.globals.replyFromCaller(payload)
      case Message.channelOpen:
        return this.opens.fromCaller(payload)
      default:
        this.channelMessageFromCaller(payload)
    }
  }

  private channelMessageFromCaller(payload: Buffer) {
    const channel = this.channels.get(recipientOf(payload))
    // A message may cross with the close of its channel.
    if (!channel) return
    if (payload[0] === Message.channelOpenConfirmation) {
      const confirmation = readOpenConfirmation(payload)
      channel.knownToCallerAs(confirmation.sender)
      const passed = { ...confirmation, recipient: channel.targetAddress, sender: channel.id }
      return this.parts.flow.toTarget(openConfirmation(passed), () => channel.confirmed())
    }
    if (payload[0] === Message.channelOpenFailure) {
      channel.refused()
      this.channels.delete(channel.id)
      return channel.toTarget(payload)
    }
    if (payload[0] === Message.channelWindowAdjust) return this.windowFromCaller(payload, channel)
    channel.fromCaller(payload)
    if (payload[0] === Message.channelClose) {
      channel.closedByCaller()
      this.forget(channel)
    }
  }

  private fromTarget(payload: Buffer) {
    this.targetLife.seen()
    const mark = this.marks.at(this.options.recording.mark)
    switch (payload[0]) {
      case Message.globalRequest:
        return this.globals.fromTarget(payload, mark)
      case Message.requestSuccess:
      case Message.requestFailure:
        return this.globals.replyFromTarget(payload)
      case Message.channelOpen:
        return this.opens.fromTarget(payload, mark, this.globals.isListening)
      default:
        this.channelMessageFromTarget(payload, mark)
    }
  }

  private channelMessageFromTarget(payload: Buffer, mark: SpoolMark) {
    const channel = this.channels.get(recipientOf(payload))
    if (!channel) return
    if (payload[0] === Message.channelOpenConfirmation) {
      const confirmation = readOpenConfirmation(payload)
      channel.knownToTargetAs(confirmation.sender)
      const passed = { ...confirmation, recipient: channel.callerAddress, sender: channel.id }
      return this.parts.flow.toCaller(openConfirmation(passed), mark, () => channel.confirmed())
    }
    if (payload[0] === Message.channelOpenFailure) {
      channel.refused()
      this.channels.delete(channel.id)
      return channel.toCaller(payload, mark)
    }
    if (payload[0] === Message.channelWindowAdjust) return this.windowFromTarget(payload, channel, mark)
    channel.fromTarget(payload, mark)
    if (payload[0] === Message.channelClose) {
      channel.closedByTarget()
      this.forget(channel)
    }
  }

  // A window asks for nothing and holds nothing: once the channel is confirmed it need not wait for the spool.
  private windowFromCaller(payload: Buffer, channel: BridgedChannel): void {
    if (channel.isOpen) this.options.target.send(readdress(payload, channel.targetAddress))
    else channel.toTarget(payload)
  }

  private windowFromTarget(payload: Buffer, channel: BridgedChannel, mark: SpoolMark): void {
    if (channel.isOpen) this.options.caller.send(readdress(payload, channel.callerAddress))
    else channel.toCaller(payload, mark)
  }

  private forget(channel: BridgedChannel): void {
    if (!channel.isOver) return
    channel.end()
    this.channels.delete(channel.id)
  }

  private stop(order: StopOrder): void {
    this.finish(order.reason, order.message)
  }

  private finish(reason: EndReason, message?: string): void {
    if (this.isOver) return
    this.isOver = true
    this.callerLife.stop()
    this.targetLife.stop()
    try {
      for (const channel of this.channels.values()) channel.end()
    } catch (error) {
      // A recording that is stopped takes no more events; the connections must close all the same.
      if (reason !== 'recording') this.options.onFault(error)
    }
    const disconnect = reason === 'error' ? DisconnectReason.protocolError : DisconnectReason.byApplication
    this.options.caller.disconnect(disconnect, `Hoptrace: ${message ?? 'the session ended'}`)
    this.options.target.disconnect(DisconnectReason.byApplication, 'the session ended')
    this.options.recording.end(reason, message)
  }
}
