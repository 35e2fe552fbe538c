import { type EventBody, Observer } from '@hoptrace/events'
import type { SpoolMark } from '../recording/session-recording.ts'
import { BridgedChannel, type BridgeParts } from './bridged-channel.ts'
import { channelBytes, channelReply, Message, readChannelRequest } from './messages.ts'

type Direction = EventBody<'ssh.forward'>['direction']
type Phase = EventBody<'ssh.forward'>['phase']

/** A forwarded connection (RFC 4254, section 7): its bytes pass unrecorded, and are counted. */
export class ForwardChannel extends BridgedChannel {
  private bytesToTarget = 0
  private bytesToCaller = 0
  private isRecordedOver = false

  constructor(
    id: number,
    parts: BridgeParts,
    private readonly direction: Direction,
    private readonly host: string,
    private readonly port: number,
  ) {
    super(id, parts)
    this.record('opened')
  }

  fromCaller(payload: Buffer) {
    const bytes = this.bytesOf(payload)
    if (bytes === null) return this.parts.flow.toCaller(channelReply(this.callerAddress, false), this.parts.recording.mark)
    this.bytesToTarget += bytes
    this.toTarget(payload)
  }

  fromTarget(payload: Buffer, mark: SpoolMark) {
    const bytes = this.bytesOf(payload)
    if (bytes === null) return this.parts.flow.toTarget(channelReply(this.targetAddress, false))
    this.bytesToCaller += bytes
    this.toCaller(payload, mark)
  }

  refused(): void {
    this.recordOver('refused')
  }

  end(): void {
    this.recordOver('closed')
  }

  // A forwarded connection knows no requests; one that wants a reply is told so (null), the rest count as nothing.
  private bytesOf(payload: Buffer): number | null {
    if (payload[0] === Message.channelData) return channelBytes(payload).bytes.length
    if (payload[0] === Message.channelRequest && readChannelRequest(payload).wantsReply) return null
    return 0
  }

  private recordOver(phase: Phase): void {
    if (this.isRecordedOver) return
    this.isRecordedOver = true
    this.record(phase)
  }

  private record(phase: Phase): void {
    const { direction, host, port, bytesToTarget, bytesToCaller } = this
    const found = new Observer(this.parts.recording.digestKey).text(host, 'asked', '/host').result()
    this.parts.emit('ssh.forward', { channel: this.id, direction, phase, host, port, bytesToTarget, bytesToCaller }, found)
  }
}
