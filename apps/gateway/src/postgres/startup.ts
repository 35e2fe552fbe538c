import { CANCEL_REQUEST, GSSENC_REQUEST, PROTOCOL_3_0, SSL_REQUEST } from './wire.ts'

/** As long as PostgreSQL takes them (MAX_STARTUP_PACKET_LENGTH). */
export const MAX_STARTUP_BYTES = 10_000
/** The newest minor version of protocol 3 that the gateway speaks to callers. */
export const NEWEST_MINOR = 2

/** What a connection begins with. Text in `invalid` is for the caller; it holds nothing of what was sent. */
export type Startup =
  | { kind: 'ssl' }
  | { kind: 'gssenc' }
  | { kind: 'cancel'; processId: number; key: Buffer }
  | { kind: 'start'; minor: number; parameters: Map<string, string>; unknownOptions: string[] }
  | { kind: 'invalid'; message: string }

/** The length that a packet's first four bytes name, its own four counted; null when no packet has it. */
export function startupLength(bytes: Buffer): number | null {
  const length = bytes.readInt32BE(0)
  return length >= 8 && length <= MAX_STARTUP_BYTES ? length : null
}

/** Reads a whole packet: length, code, body. */
export function readStartup(packet: Buffer): Startup {
  const code = packet.readInt32BE(4)
  if (code === SSL_REQUEST) return packet.length === 8 ? { kind: 'ssl' } : invalid('invalid length of SSLRequest')
  if (code === GSSENC_REQUEST) return packet.length === 8 ? { kind: 'gssenc' } : invalid('invalid length of GSSENCRequest')
  if (code === CANCEL_REQUEST) return readCancel(packet)
  if (code >> 16 !== PROTOCOL_3_0 >> 16)
    return invalid(`unsupported frontend protocol ${code >>> 16}.${code & 0xffff}: the gateway speaks 3.0 to 3.2`)
  return readParameters(packet, code & 0xffff)
}

function readCancel(packet: Buffer): Startup {
  if (packet.length < 16 || packet.length > 12 + 256) return invalid('invalid length of CancelRequest')
  return { kind: 'cancel', processId: packet.readInt32BE(8), key: packet.subarray(12) }
}

function readParameters(packet: Buffer, minor: number): Startup {
  const parameters = new Map<string, string>()
  const unknownOptions: string[] = []
  const words = packet.subarray(8).toString('utf8').split('\0')
  // Pairs, an empty name, and what stands behind the last NUL: nothing.
  if (words.length < 2 || words.at(-1) !== '' || words.at(-2) !== '' || words.length % 2 !== 0)
    return invalid('invalid startup packet layout')
  for (let at = 0; at + 2 < words.length; at += 2) {
    const name = words[at] ?? ''
    if (name === '') return invalid('invalid startup packet layout')
    if (name.startsWith('_pq_.')) unknownOptions.push(name)
    else parameters.set(name, words[at + 1] ?? '')
  }
  if (!parameters.get('user')) return invalid('no PostgreSQL user name specified in startup packet')
  return { kind: 'start', minor, parameters, unknownOptions }
}

function invalid(message: string): Startup {
  return { kind: 'invalid', message }
}

/** `database=` names a target, or a target and a database of it: `orders`, `orders/archive`. Without it PostgreSQL takes the user's name. */
export function askedTarget(parameters: ReadonlyMap<string, string>): { target: string; database: string | null } {
  const named = parameters.get('database') || parameters.get('user') || ''
  const slash = named.indexOf('/')
  if (slash < 0) return { target: named, database: null }
  return { target: named.slice(0, slash), database: named.slice(slash + 1) || null }
}

/** Does the caller ask for the replication protocol? Its stream is no statement that could be recorded. */
export function asksReplication(parameters: ReadonlyMap<string, string>): boolean {
  const value = parameters.get('replication')
  return value !== undefined && !['false', 'off', 'no', '0', 'f', 'n'].includes(value.toLowerCase())
}

const OWN = new Set(['user', 'database', 'replication'])

/** The caller's own settings, which the target gets as the caller sent them. */
export function passedOn(parameters: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...parameters].filter(([name]) => !OWN.has(name)))
}

/** Is this address the machine's own loopback, so that what travels to it crosses no network? */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const bare = address.replace(/^::ffff:/i, '')
  return bare === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
}
