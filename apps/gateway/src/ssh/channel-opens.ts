import { type EventBody, Observer } from '@hoptrace/events'
import type { SpoolMark } from '../recording/session-recording.ts'
import { type ScanBudget, SESSION_SCAN_BYTES } from '../terminal/scan-allowance.ts'
import type { BridgedChannel, BridgeParts } from './bridged-channel.ts'
import { ForwardChannel } from './forward-channel.ts'
import { type ChannelOpen, channelOpen, OpenFailure, openFailure, readChannelOpen } from './messages.ts'
import { SessionChannel } from './session-channel.ts'
import { WireReader } from './wire-format.ts'

const MAX_CHANNELS = 512

type Forward = EventBody<'ssh.forward'>

/** Opens channels from both sides, as far as the grant goes, and refuses the rest. */
export class ChannelOpens {
  private readonly budget: ScanBudget = { bytes: SESSION_SCAN_BYTES }
  private nextId = 0

  constructor(
    private readonly parts: BridgeParts,
    private readonly channels: Map<number, BridgedChannel>,
    private readonly mayForward: boolean,
  ) {}

  fromCaller(payload: Buffer) {
    const open = readChannelOpen(payload)
    if (this.channels.size >= MAX_CHANNELS) return this.refuseCaller(open, OpenFailure.resourceShortage, 'too many channels')
    if (open.type === 'session') return this.passToTarget(open, new SessionChannel(this.newId(), this.parts, this.budget))
    if (open.type === 'direct-tcpip') return this.localForward(open)
    if (open.type === 'direct-streamlocal@openssh.com') {
      this.recordRefused('streamlocal', new WireReader(open.rest).text(), 0)
      return this.refuseCaller(open, OpenFailure.prohibited, 'sockets cannot be forwarded through Hoptrace')
    }
    this.refuseCaller(open, OpenFailure.unknownType, 'unknown type of channel')
  }

  /** `isListening`: the caller asked the target to listen for it. */
  fromTarget(payload: Buffer, mark: SpoolMark, isListening: boolean) {
    const open = readChannelOpen(payload)
    if (open.type === 'forwarded-tcpip' && this.mayForward && isListening && this.channels.size < MAX_CHANNELS) {
      return this.remoteForward(open, mark)
    }
    if (open.type === 'auth-agent@openssh.com') this.parts.emit('ssh.agent', { channel: null, isRefused: true })
    else if (open.type === 'forwarded-tcpip') this.recordRefused('remote', ...endpointOf(open))
    this.parts.flow.toTarget(openFailure(open.sender, OpenFailure.prohibited, 'not granted'))
  }

  private localForward(open: ChannelOpen) {
    const [host, port] = endpointOf(open)
    if (this.mayForward) return this.passToTarget(open, new ForwardChannel(this.newId(), this.parts, 'local', host, port))
    this.recordRefused('local', host, port)
    this.refuseCaller(open, OpenFailure.prohibited, 'this run may not open tunnels through this target')
  }

  private remoteForward(open: ChannelOpen, mark: SpoolMark): void {
    const channel = new ForwardChannel(this.newId(), this.parts, 'remote', ...endpointOf(open))
    this.channels.set(channel.id, channel)
    channel.knownToTargetAs(open.sender)
    this.parts.flow.toCaller(asOurs(open, channel), mark)
  }

  private passToTarget(open: ChannelOpen, channel: BridgedChannel): void {
    this.channels.set(channel.id, channel)
    channel.knownToCallerAs(open.sender)
    this.parts.flow.toTarget(asOurs(open, channel))
  }

  recordRefused(direction: Forward['direction'], host: string, port: number): void {
    const found = new Observer(this.parts.recording.digestKey).text(host, 'asked', '/host').result()
    this.parts.emit('ssh.forward', { channel: null, direction, phase: 'refused', host, port, bytesToTarget: 0, bytesToCaller: 0 }, found)
  }

  private refuseCaller(open: ChannelOpen, reason: number, message: string): void {
    this.parts.flow.toCaller(openFailure(open.sender, reason, message), this.parts.recording.mark)
  }

  private newId(): number {
    this.nextId += 1
    return this.nextId - 1
  }
}

/** Where a forwarded connection goes, or which listener it came to (RFC 4254, section 7.2). */
function endpointOf(open: ChannelOpen): [host: string, port: number] {
  const reader = new WireReader(open.rest)
  return [reader.text(), reader.uint32()]
}

function asOurs(open: ChannelOpen, channel: BridgedChannel): Buffer {
  return channelOpen({ ...open, sender: channel.id })
}
