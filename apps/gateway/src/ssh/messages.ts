import { WireReader, wireString, wireUint32 } from './wire-format.ts'

/** Message numbers of RFC 4250, section 4.1.2. */
export const Message = {
  disconnect: 1,
  userauthBanner: 53,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const

/** Reasons of a refused channel, RFC 4254, section 5.1. */
export const OpenFailure = { prohibited: 1, connectFailed: 2, unknownType: 3, resourceShortage: 4 } as const

/** Reasons of a disconnect, RFC 4253, section 11.1. */
export const DisconnectReason = { protocolError: 2, serviceNotAvailable: 7, connectionLost: 10, byApplication: 11, noMoreAuth: 14 } as const

/** ssh2 reads no packet above 35,000 bytes, so no side is told that it may send larger ones. 32 KiB is what OpenSSH asks for. */
const MAX_PACKET = 32 * 1024

/** The connection protocol (RFC 4254) is what a proxy passes on; all else belongs to one side's transport. */
export function isConnectionMessage(payload: Buffer): boolean {
  const type = payload[0] ?? 0
  return type >= Message.globalRequest && type <= Message.channelFailure
}

/** The recipient's number of the channel that a message 91 to 100 is about. */
export function recipientOf(payload: Buffer): number {
  return new WireReader(payload, 1).uint32()
}

/** Writes another recipient into a message 91 to 100, in place: the payload is ours once it has been read. */
export function readdress(payload: Buffer, recipient: number): Buffer {
  payload.writeUInt32BE(recipient, 1)
  return payload
}

export type ChannelOpen = { type: string; sender: number; window: number; maxPacket: number; rest: Buffer }

export function readChannelOpen(payload: Buffer): ChannelOpen {
  const reader = new WireReader(payload, 1)
  return { type: reader.text(), sender: reader.uint32(), window: reader.uint32(), maxPacket: reader.uint32(), rest: reader.rest() }
}

export function channelOpen(open: ChannelOpen): Buffer {
  const numbers = [open.sender, open.window, Math.min(open.maxPacket, MAX_PACKET)].map(wireUint32)
  return Buffer.concat([Buffer.of(Message.channelOpen), wireString(open.type), ...numbers, open.rest])
}

export type OpenConfirmation = { recipient: number; sender: number; window: number; maxPacket: number; rest: Buffer }

export function readOpenConfirmation(payload: Buffer): OpenConfirmation {
  const reader = new WireReader(payload, 1)
  return { recipient: reader.uint32(), sender: reader.uint32(), window: reader.uint32(), maxPacket: reader.uint32(), rest: reader.rest() }
}

export function openConfirmation(confirmation: OpenConfirmation): Buffer {
  const { recipient, sender, window, rest } = confirmation
  const maxPacket = Math.min(confirmation.maxPacket, MAX_PACKET)
  return Buffer.concat([Buffer.of(Message.channelOpenConfirmation), ...[recipient, sender, window, maxPacket].map(wireUint32), rest])
}

export function openFailure(recipient: number, reason: number, message: string): Buffer {
  return Buffer.concat([
    Buffer.of(Message.channelOpenFailure),
    wireUint32(recipient),
    wireUint32(reason),
    wireString(message),
    wireString(''),
  ])
}

export type Request = { type: string; wantsReply: boolean; wantsReplyAt: number; rest: WireReader }

/** Reads a channel request (RFC 4254, section 5.4). */
export function readChannelRequest(payload: Buffer): Request {
  return readRequest(payload, 5)
}

/** Reads a global request (RFC 4254, section 4). */
export function readGlobalRequest(payload: Buffer): Request {
  return readRequest(payload, 1)
}

function readRequest(payload: Buffer, at: number): Request {
  const reader = new WireReader(payload, at)
  const type = reader.text()
  const wantsReplyAt = reader.position
  return { type, wantsReply: reader.boolean(), wantsReplyAt, rest: reader }
}

export function channelReply(recipient: number, isSuccess: boolean): Buffer {
  return Buffer.concat([Buffer.of(isSuccess ? Message.channelSuccess : Message.channelFailure), wireUint32(recipient)])
}

export function globalFailure(): Buffer {
  return Buffer.of(Message.requestFailure)
}

/** OpenSSH's keep-alive: a global request that nobody knows, so that any answer proves life. */
export function keepalive(): Buffer {
  return Buffer.concat([Buffer.of(Message.globalRequest), wireString('keepalive@openssh.com'), Buffer.of(1)])
}

export function disconnectMessage(reason: number, message: string): Buffer {
  return Buffer.concat([Buffer.of(Message.disconnect), wireUint32(reason), wireString(message), wireString('')])
}

export function bannerMessage(text: string): Buffer {
  return Buffer.concat([Buffer.of(Message.userauthBanner), wireString(text), wireString('')])
}

/** The bytes of a CHANNEL_DATA or CHANNEL_EXTENDED_DATA message, as a view. */
export function channelBytes(payload: Buffer): { bytes: Buffer; isStderr: boolean } {
  const reader = new WireReader(payload, 5)
  const isExtended = payload[0] === Message.channelExtendedData
  const code = isExtended ? reader.uint32() : 0
  return { bytes: reader.string(), isStderr: code !== 0 }
}
