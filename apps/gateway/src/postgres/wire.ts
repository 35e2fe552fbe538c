/** Messages that the gateway itself sends. Formats: PostgreSQL documentation, "Message Formats". */

export const PROTOCOL_3_0 = 196_608
export const SSL_REQUEST = 80_877_103
export const GSSENC_REQUEST = 80_877_104
export const CANCEL_REQUEST = 80_877_102

export function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? cstring(part) : part)))
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

/** Text and its NUL. A NUL inside would end it early: it is left out. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text.replaceAll('\0', '')}\0`, 'utf8')
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function fatalError(sqlstate: string, text: string): Buffer {
  return message('E', ...['SFATAL', 'VFATAL', `C${sqlstate}`, `M${text}`], Buffer.from([0]))
}

export const authenticationOk = message('R', int32(0))
export const cleartextPasswordRequest = message('R', int32(3))
export const terminate = message('X')

export function backendKeyData(processId: number, key: Buffer): Buffer {
  return message('K', int32(processId), key)
}

/** Says that only protocol 3.`minor` is spoken, and which of the asked options are not known. */
export function negotiateProtocolVersion(minor: number, unknownOptions: readonly string[]): Buffer {
  return message('v', int32(PROTOCOL_3_0 + minor), int32(unknownOptions.length), ...unknownOptions)
}

/** A packet before the first message: length and code, no type. */
export function startupPacket(code: number, body: Buffer): Buffer {
  return Buffer.concat([int32(body.length + 8), int32(code), body])
}

export function startupMessage(parameters: ReadonlyMap<string, string>): Buffer {
  const pairs = [...parameters].flatMap(([name, value]) => [cstring(name), cstring(value)])
  return startupPacket(PROTOCOL_3_0, Buffer.concat([...pairs, Buffer.from([0])]))
}

export function cancelRequest(processId: number, key: Buffer): Buffer {
  return startupPacket(CANCEL_REQUEST, Buffer.concat([int32(processId), key]))
}
