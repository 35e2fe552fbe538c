import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { readExactly, readMessage } from './socket-reader.ts'
import { NEWEST_MINOR, readStartup, startupLength } from './startup.ts'
import { cleartextPasswordRequest, negotiateProtocolVersion } from './wire.ts'

const KIND_CHANGES = 3
const MAX_PASSWORD_BYTES = 10_000

/** What a connection turned out to be. `socket` is the one to go on with: encrypted, if the caller asked for it. */
export type Arrival =
  | { kind: 'start'; socket: Socket; isEncrypted: boolean; minor: number; parameters: Map<string, string>; unknownOptions: string[] }
  | { kind: 'cancel'; socket: Socket; processId: number; key: Buffer }
  | { kind: 'invalid'; socket: Socket; message: string }

/**
 * Reads a connection's beginning: requests for encryption, then a start or a cancel.
 * @param secureContext for callers that ask for TLS; null where the gateway has no certificate
 */
export async function receiveCaller(plain: Socket, secureContext: SecureContext | null): Promise<Arrival> {
  let socket = plain
  for (let change = 0; change < KIND_CHANGES; change += 1) {
    const head = await readExactly(socket, 4)
    const length = startupLength(head)
    if (length === null) return { kind: 'invalid', socket, message: 'invalid length of startup packet' }
    const startup = readStartup(Buffer.concat([head, await readExactly(socket, length - 4)]))
    if (startup.kind === 'start' || startup.kind === 'cancel') return { ...startup, socket, ...encryption(socket) }
    if (startup.kind === 'invalid') return { ...startup, socket }
    if (startup.kind === 'gssenc' || secureContext === null || socket !== plain) socket.write('N')
    // What stands behind the request came in clear and would be taken for what came encrypted (CVE-2021-23214).
    else if (socket.readableLength > 0) return { kind: 'invalid', socket, message: 'received unencrypted data after SSL request' }
    else socket = await encrypt(socket, secureContext)
  }
  return { kind: 'invalid', socket, message: 'too many requests for encryption' }
}

function encryption(socket: Socket): { isEncrypted: boolean } {
  return { isEncrypted: socket instanceof TLSSocket }
}

function encrypt(socket: Socket, secureContext: SecureContext): Promise<Socket> {
  socket.write('S')
  return new Promise((resolve, reject) => {
    const secured = new TLSSocket(socket, { isServer: true, secureContext })
    socket.once('close', () => reject(new Error('the connection was closed during the TLS handshake')))
    secured.once('error', reject)
    secured.once('secure', () => {
      secured.off('error', reject)
      resolve(secured)
    })
  })
}

/** Asks for the run token and waits for it. Null when the caller sent something else. */
export async function askPassword(socket: Socket, minor: number, unknownOptions: readonly string[]): Promise<string | null> {
  if (minor > NEWEST_MINOR || unknownOptions.length > 0)
    socket.write(negotiateProtocolVersion(Math.min(minor, NEWEST_MINOR), unknownOptions))
  socket.write(cleartextPasswordRequest)
  const { type, body } = await readMessage(socket, MAX_PASSWORD_BYTES)
  if (type !== 'p' || body.at(-1) !== 0) return null
  return body.toString('utf8', 0, body.length - 1)
}
