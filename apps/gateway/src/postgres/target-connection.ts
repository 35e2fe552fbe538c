import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { PostgresTarget } from '../access/target.ts'
import { MessageReader } from './message-reader.ts'
import { connectPlain } from './plain-socket.ts'
import { readResponseFields } from './response-fields.ts'
import { md5Password, ScramClient, ScramError } from './scram.ts'
import { readExactly, readMessage, type WireMessage } from './socket-reader.ts'
import { TargetConnectionError } from './target-connection-error.ts'
import { cancelRequest, int32, message, SSL_REQUEST, startupMessage, startupPacket } from './wire.ts'

const MESSAGE_LIMIT = 64 * 1024
/** ParameterStatus and notices before the first ReadyForQuery. */
const GREETING_LIMIT = 1024 * 1024
const KEEP_ALIVE_MS = 60_000

export type TargetConnection = {
  socket: Socket
  processId: number
  key: Buffer
  /** What the target said between its welcome and ReadyForQuery: ParameterStatus and notices, as it sent them. */
  greeting: Buffer
  /** ReadyForQuery, as it sent it. */
  ready: Buffer
}

export type TargetLogin = {
  target: PostgresTarget
  secret: string
  database: string
  parameters: ReadonlyMap<string, string>
  timeoutMs: number
}

/**
 * Connects to a target and authenticates with the gateway's own credential.
 * @throws TargetConnectionError, which says what is wrong and nothing of the credential
 */
export async function connectTarget(login: TargetLogin): Promise<TargetConnection> {
  const opened = await openTarget(login.target, login.timeoutMs)
  const timer = setTimeout(() => opened.destroy(new TargetConnectionError('timeout')), login.timeoutMs)
  try {
    return await logIn(opened, login)
  } catch (error) {
    opened.destroy()
    throw TargetConnectionError.from(error)
  } finally {
    clearTimeout(timer)
  }
}

/** Asks the target to cancel what the process `processId` runs. Resolves when the target has taken it. */
export async function cancelAtTarget(target: PostgresTarget, processId: number, key: Buffer, timeoutMs: number): Promise<void> {
  const socket = await openTarget(target, timeoutMs)
  await new Promise<void>((resolve) => {
    socket.once('close', resolve).once('error', () => {})
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.resume()
    socket.end(cancelRequest(processId, key))
  })
}

/** An open connection to the target, encrypted where the target says so; nothing was sent of a login yet. */
async function openTarget(target: PostgresTarget, timeoutMs: number): Promise<Socket> {
  const at = target.address.lastIndexOf(':')
  const host = target.address.slice(0, at).replace(/^\[|\]$/g, '')
  const port = Number(target.address.slice(at + 1))
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  // TLS reads its socket by itself.
  const socket = target.tls === 'disable' ? connectPlain(options) : connect(options)
  const timer = setTimeout(() => socket.destroy(new TargetConnectionError('timeout')), timeoutMs)
  try {
    await settled(socket, 'connect')
    return target.tls === 'disable' ? socket : await encrypt(socket, target, host)
  } catch (error) {
    socket.destroy()
    throw TargetConnectionError.from(error)
  } finally {
    clearTimeout(timer)
  }
}

async function encrypt(socket: Socket, target: PostgresTarget, host: string): Promise<Socket> {
  socket.write(startupPacket(SSL_REQUEST, Buffer.alloc(0)))
  const answer = await readExactly(socket, 1)
  if (answer.toString('latin1') !== 'S') throw new TargetConnectionError('no-tls')
  // Nothing may stand between the answer and the handshake: it would have come in clear.
  if (socket.readableLength > 0) throw new TargetConnectionError('protocol')
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: target.tls === 'verify',
    ...(target.ca ? { ca: readFileSync(target.ca) } : {}),
  })
  secured.setNoDelay(true)
  await settled(secured, 'secureConnect')
  return secured
}

function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new TargetConnectionError('closed'))
    const done = () => {
      socket.off('error', reject).off('close', closed)
      resolve()
    }
    socket.once(event, done).once('error', reject).once('close', closed)
  })
}

async function logIn(socket: Socket, login: TargetLogin): Promise<TargetConnection> {
  const parameters = new Map([['user', login.target.account], ['database', login.database], ...login.parameters])
  socket.write(startupMessage(parameters))
  await authenticate(socket, login)
  return greet(socket)
}

async function authenticate(socket: Socket, login: TargetLogin): Promise<void> {
  for (;;) {
    const { type, body } = await readMessage(socket, MESSAGE_LIMIT)
    if (type === 'E') throw refusal(body)
    if (type === 'N' || type === 'v') continue
    if (type !== 'R' || body.length < 4) throw new TargetConnectionError('protocol')
    const method = body.readInt32BE(0)
    if (method === 0) return
    if (method === 10) await scram(socket, login, body)
    else socket.write(message('p', passwordFor(method, login, body)))
  }
}

function passwordFor(method: number, { target, secret }: TargetLogin, body: Buffer): string {
  if (method === 5 && body.length === 8) return md5Password(target.account, secret, body.subarray(4, 8))
  // The password itself goes to nobody who could read along.
  if (method === 3 && target.tls !== 'disable') return secret
  throw new TargetConnectionError(method === 3 ? 'cleartext' : 'method')
}

async function scram(socket: Socket, { secret }: TargetLogin, offer: Buffer): Promise<void> {
  const mechanisms = offer.subarray(4).toString('latin1').split('\0')
  if (!mechanisms.includes('SCRAM-SHA-256')) throw new TargetConnectionError('method')
  const client = new ScramClient(secret, randomBytes(18).toString('base64'))
  const first = Buffer.from(client.first)
  socket.write(message('p', 'SCRAM-SHA-256', int32(first.length), first))
  const serverFirst = await saslMessage(socket, 11)
  socket.write(message('p', Buffer.from(await client.final(serverFirst))))
  client.verify(await saslMessage(socket, 12))
}

async function saslMessage(socket: Socket, step: number): Promise<string> {
  const { type, body } = await readMessage(socket, MESSAGE_LIMIT)
  if (type === 'E') throw refusal(body)
  if (type !== 'R' || body.length < 4 || body.readInt32BE(0) !== step) throw new ScramError('the server left the exchange')
  return body.subarray(4).toString('utf8')
}

async function greet(socket: Socket): Promise<TargetConnection> {
  const greeting: Buffer[] = []
  let size = 0
  let processId = 0
  let key = Buffer.alloc(4)
  for (;;) {
    const { type, body } = await readMessage(socket, MESSAGE_LIMIT)
    if (type === 'E') throw refusal(body)
    if (type === 'Z') return { socket, processId, key, greeting: Buffer.concat(greeting), ready: rendered({ type, body }) }
    if (type === 'K' && body.length >= 8) {
      processId = body.readInt32BE(0)
      key = Buffer.from(body.subarray(4))
    } else if (type === 'S' || type === 'N') greeting.push(rendered({ type, body }))
    size += body.length
    if (size > GREETING_LIMIT) throw new TargetConnectionError('protocol')
  }
}

function rendered({ type, body }: WireMessage): Buffer {
  return message(type, body)
}

function refusal(body: Buffer): TargetConnectionError {
  const { sqlstate, message: text } = readResponseFields(new MessageReader().reset(body, 0, body.length))
  return TargetConnectionError.refused(sqlstate, text)
}
