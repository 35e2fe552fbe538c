import { createServer, type IncomingMessage, type Server, type ServerOptions, ServerResponse } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hasBody } from './caller-body.ts'
import type { OwnAnswer, Refusal } from './dialect.ts'
import { titleOf } from './problem.ts'
import { Turns } from './turns.ts'
import { requestAgain } from './upgrade-ignored.ts'

/** One request, at its turn. */
export type Arrival = {
  req: IncomingMessage
  res: ServerResponse
  /** `address:port` of the caller's connection. */
  from: string
  isEncrypted: boolean
  /** Of a request to upgrade the connection to WebSocket. */
  upgrade?: { protocol: string; socket: Duplex; head: Buffer }
  /** Says who is told when the caller breaks the protocol from here on. */
  claim(onBroken: (refusal: Refusal) => void): void
  /** The next request of this connection may begin. Called when the answer was written. */
  done(): void
}

export type StrictServerOptions = {
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined
  onRequest: (arrival: Arrival) => void
  /** Something that is no request; it is answered already. `action`: as much of it as can be told. */
  onRefused: (refusal: Refusal, from: { address: string; port: number }, action: string) => void
  ownAnswer: (refusal: Refusal) => OwnAnswer
  onFault: (error: unknown) => void
  /** From a connection's first byte, and from each request's, to the end of its head. Default 10 s. */
  headersTimeoutMs?: number | undefined
}

const HEADERS_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 60_000
const CHECK_EVERY_MS = 2000
const MAX_HEADER_BYTES = 32 * 1024
const MAX_CONNECTIONS = 16_384
const PROBE_MS = 60_000

/**
 * An HTTP/1.1 server that takes nothing that two readers could read in two ways (RFC 9112, 11), answers requests of one
 * connection one after the other, and upgrades to WebSocket alone.
 */
export class StrictServer {
  private readonly server: Server
  private readonly turns = new Turns()
  /** The last answer of a connection, until its last byte went out. */
  private readonly leaving = new WeakMap<Duplex, ServerResponse>()

  constructor(private readonly options: StrictServerOptions) {
    const { tls } = options
    this.server = tls
      ? createSecureServer({ ...settings(options), ...tls, minVersion: 'TLSv1.2', handshakeTimeout: HEADERS_TIMEOUT_MS })
      : createServer(settings(options))
    const { server } = this
    // Without a limit of its own Node.js drops what is beyond its default, and goes on.
    server.maxHeadersCount = 0
    server.maxConnections = MAX_CONNECTIONS
    server.on('request', (req, res) => this.arrived(req, res))
    server.on('checkContinue', (req, res) => this.arrived(req, res))
    server.on('upgrade', (req, socket, head) => this.upgradeAsked(req, socket, head))
    server.on('connect', (req, socket) => this.connectAsked(req, socket))
    server.on('clientError', (error, socket) => this.broken(error, socket))
  }

  /** @returns the port, which the system chose where 0 was asked for */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        const address = this.server.address()
        resolve(address && typeof address === 'object' ? address.port : port)
      })
    })
  }

  /** Connections from here on are shown this certificate; those that are open go on. */
  useCertificate(tls: { cert: string | Buffer; key: string | Buffer }): void {
    if (this.server instanceof SecureServer) this.server.setSecureContext({ ...tls, minVersion: 'TLSv1.2' })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      this.server.closeIdleConnections()
      // What was answered may still be on its way out.
      const linger = setTimeout(() => this.server.closeAllConnections(), 1000)
      this.server.once('close', () => clearTimeout(linger))
      this.turns.closeAll()
    })
  }

  private arrived(req: IncomingMessage, res: ServerResponse, upgrade?: Arrival['upgrade']): void {
    const { socket } = req
    this.leaving.set(socket, res)
    res.once('close', () => {
      if (this.leaving.get(socket) === res) this.leaving.delete(socket)
    })
    this.turns.take(socket, () => {
      const arrival = {
        req,
        res,
        from: `${socket.remoteAddress}:${socket.remotePort}`,
        isEncrypted: this.options.tls !== undefined,
        ...(upgrade ? { upgrade } : {}),
        claim: (onBroken: (refusal: Refusal) => void) => this.turns.claim(socket, onBroken),
        done: () => this.turns.done(socket),
      }
      try {
        this.options.onRequest(arrival)
      } catch (error) {
        this.options.onFault(error)
        socket.destroy()
        this.turns.done(socket)
      }
    })
  }

  private upgradeAsked(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A connection may ask for many upgrades, one after another.
    socket.off('error', ignored).on('error', ignored)
    // Node.js reads no more of this connection, and tells of nothing that happens to it, while it still owes an answer.
    if (this.turns.isBusy(socket)) return void socket.destroy()
    const before = this.leaving.get(socket)
    if (before) before.once('close', () => this.upgrade(req, socket, head))
    else this.upgrade(req, socket, head)
  }

  private upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (socket.destroyed) return
    const protocol = req.headers.upgrade?.toLowerCase() ?? ''
    // After a body nobody could tell where the messages begin.
    if (protocol !== 'websocket' || req.method !== 'GET' || req.httpVersion !== '1.1' || hasBody(req))
      return void requestAgain(this.server, req, socket, head)
    if (!(socket instanceof Socket)) return void socket.destroy()
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(socket)
    res.on('finish', () => socket.destroySoon())
    this.arrived(req, res, { protocol, socket, head })
  }

  private connectAsked(req: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => {})
    const refusal: Refusal = {
      status: 405,
      reason: 'not-granted',
      detail: 'no tunnels: ask for http://HOST/PATH in the absolute form, or for /targets/NAME/PATH',
    }
    this.refuseRaw(socket, refusal, ['Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'], `CONNECT ${req.url ?? ''}`)
  }

  private broken(error: NodeJS.ErrnoException, socket: Duplex): void {
    const { code = '' } = error
    const isRequest = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT' || code === 'ERR_HTTP_CHUNK_EXTENSIONS_OVERFLOW'
    if (!isRequest || !socket.writable) return void socket.destroy()
    const refusal = brokenRequest(code)
    if (this.turns.tellBroken(socket, refusal)) return
    this.refuseRaw(socket, refusal, [], '')
  }

  private refuseRaw(socket: Duplex, refusal: Refusal, more: string[], action: string): void {
    const { mediaType, body } = this.options.ownAnswer(refusal)
    const { remoteAddress = '', remotePort = 0 } = socket instanceof Socket ? socket : {}
    this.options.onRefused(refusal, { address: remoteAddress, port: remotePort }, action)
    const head = [`HTTP/1.1 ${refusal.status} ${titleOf(refusal.status)}`, 'Connection: close', `Content-Type: ${mediaType}`]
    socket.end([...head, `Content-Length: ${Buffer.byteLength(body)}`, ...more, '', body].join('\r\n'))
    if (socket instanceof Socket) socket.destroySoon()
  }
}

function ignored(): void {}

function settings({ headersTimeoutMs = HEADERS_TIMEOUT_MS }: StrictServerOptions): ServerOptions {
  return {
    insecureHTTPParser: false,
    // Told by `malformed`, which also records it.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    // A body may take as long as it takes: its caller is known by then.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersTimeoutMs),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_MS,
  }
}

function brokenRequest(code: string): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: 'malformed', detail: 'the header fields of the request are too large' }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, reason: 'malformed', detail: 'the head of the request did not come in time' }
  return { status: 400, reason: 'malformed', detail: `the request is malformed (${code})` }
}
