import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { type DenyReason, printable } from '@hoptrace/events'
import { SqlPivots } from '@hoptrace/sql'
import type { AccessControl, AccessRequest, Decision } from '../access/access-control.ts'
import type { SecretSource } from '../access/target.ts'
import { type Arrival, askPassword, receiveCaller } from './caller-handshake.ts'
import { type CancelKey, CancelKeys } from './cancel-keys.ts'
import { PostgresSession } from './postgres-session.ts'
import { sqlstateOf, sqlstateOfTarget } from './refusals.ts'
import { askedTarget, asksReplication, isLoopback, passedOn } from './startup.ts'
import { cancelAtTarget, connectTarget, type TargetConnection } from './target-connection.ts'
import { TargetConnectionError } from './target-connection-error.ts'
import { authenticationOk, backendKeyData, fatalError } from './wire.ts'

export type PostgresProxyOptions = {
  access: AccessControl
  /** Reads a target's own credential. Throws when it is not there; what it throws names the source, never the secret. */
  resolveSecret: (source: SecretSource) => string
  /** Certificate and key, PEM. Without them callers from other machines are refused: their run token would travel in clear. */
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined
  /** From a caller's first byte to its password. Default 10 s. */
  startupTimeoutMs?: number
  /** Connections that have not shown a password yet; more are closed, so that they take no descriptors from recordings. Default 512. */
  maxStrangers?: number
  /** For a target to accept the gateway. Default 10 s. */
  connectTimeoutMs?: number
  /** Hears of faults of the gateway itself; they hold no payload and no secret. */
  onFault?: (error: unknown) => void
}

type Start = Extract<Arrival, { kind: 'start' }>
type Allowed = Extract<Decision, { kind: 'allow' }>

const DEFAULT_TIMEOUT_MS = 10_000
const MAX_STRANGERS = 512
const KEEP_ALIVE_MS = 60_000
const CLIENT_NAME_LENGTH = 256

/** Accepts PostgreSQL callers, decides who may reach what, and stands between them and their targets, recording. */
export class PostgresProxy {
  private readonly server: Server
  private readonly secureContext: SecureContext | null
  private readonly cancelKeys = new CancelKeys()
  private readonly callers = new Set<Socket>()
  private readonly strangers = new Set<Socket>()
  private pivots: SqlPivots | null = null

  constructor(private readonly options: PostgresProxyOptions) {
    this.secureContext = options.tls ? createSecureContext({ ...options.tls, minVersion: 'TLSv1.2' }) : null
    this.server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) =>
      this.accept(socket),
    )
  }

  /** @returns the port, which the system chose where 0 was asked for */
  async listen(port: number, host: string): Promise<number> {
    // Before the first caller: no statement waits for the parser, and none goes unread.
    this.pivots = await SqlPivots.load()
    return await new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        const address = this.server.address()
        resolve(address && typeof address === 'object' ? address.port : port)
      })
    })
  }

  /** Accepts no more callers and closes those that are there. Recordings are ended before by their owner's order to stop. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve())
      for (const caller of this.callers) caller.destroySoon()
    })
  }

  private accept(socket: Socket): void {
    if (this.strangers.size >= (this.options.maxStrangers ?? MAX_STRANGERS)) return void socket.destroy()
    this.strangers.add(socket)
    this.callers.add(socket)
    socket.on('close', () => {
      this.callers.delete(socket)
      this.strangers.delete(socket)
    })
    socket.on('error', () => {})
    this.serve(socket).catch((error: unknown) => {
      socket.destroy()
      if (error instanceof Error && 'code' in error) return
      this.options.onFault?.(error)
    })
  }

  private async serve(plain: Socket): Promise<void> {
    let current = plain
    const timer = setTimeout(
      () => turnAway(current, '57014', 'canceling authentication due to timeout'),
      this.options.startupTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    )
    try {
      const arrival = await receiveCaller(plain, this.secureContext)
      current = arrival.socket
      current.on('error', () => {})
      if (arrival.kind === 'cancel') return this.cancel(arrival, plain)
      if (arrival.kind === 'invalid') return turnAway(current, '08P01', arrival.message)
      const request = await this.authenticate(arrival, plain)
      clearTimeout(timer)
      this.strangers.delete(plain)
      if (request) await this.admit(arrival, request)
    } finally {
      clearTimeout(timer)
    }
  }

  private async authenticate(start: Start, plain: Socket): Promise<AccessRequest | null> {
    const request = requestOf(start, plain)
    if (!start.isEncrypted && !isLoopback(plain.remoteAddress)) {
      return this.refuse(
        start.socket,
        request,
        'tls-required',
        'TLS is required: the run token would travel in clear (use sslmode=require)',
      )
    }
    if (asksReplication(start.parameters)) {
      return this.refuse(start.socket, request, 'not-granted', 'replication connections are not allowed through the gateway')
    }
    const secret = await askPassword(start.socket, start.minor, start.unknownOptions)
    if (secret === null) return this.refuse(start.socket, request, 'malformed', 'expected password response')
    return { ...request, presented: secret === '' ? { method: 'none' } : { method: 'password', secret } }
  }

  private refuse(socket: Socket, request: AccessRequest, reason: DenyReason, message: string): null {
    this.options.access.refuse(request, reason, message)
    turnAway(socket, sqlstateOf(reason), message)
    return null
  }

  private async admit(start: Start, request: AccessRequest): Promise<void> {
    const decision = this.options.access.decide(request)
    if (decision.kind === 'deny') return turnAway(start.socket, sqlstateOf(decision.reason), decision.message)
    const { target, recording } = decision
    let issued: CancelKey | null = null
    const session = new PostgresSession({
      caller: start.socket,
      recording,
      pivots: this.pivots,
      cancelAtTarget: (connection) => this.cancelTarget(target, connection),
      onFault: (error) => this.options.onFault?.(error),
      onOver: () => issued && this.cancelKeys.revoke(issued),
    })
    const connection = await this.connect(start, request, decision, session)
    if (connection === null) return
    // Stopped while it connected: nobody would read from here on.
    if (session.hasEnded) return void connection.socket.destroy()
    issued = this.cancelKeys.issue(session, start.minor >= 2 ? 32 : 4)
    recording.append('session.started', startedBody(start, request))
    session.begin(
      connection,
      Buffer.concat([authenticationOk, connection.greeting, backendKeyData(issued.processId, issued.key), connection.ready]),
    )
  }

  private async connect(
    start: Start,
    request: AccessRequest,
    { target }: Allowed,
    session: PostgresSession,
  ): Promise<TargetConnection | null> {
    try {
      if (target.protocol !== 'postgres') throw new TargetConnectionError('protocol')
      const secret = this.options.resolveSecret(target.password)
      const database = request.asked.database ?? target.database
      const timeoutMs = this.options.connectTimeoutMs ?? DEFAULT_TIMEOUT_MS
      return await connectTarget({ target, secret, database, parameters: passedOn(start.parameters), timeoutMs })
    } catch (error) {
      const failure = TargetConnectionError.from(error)
      if (!(error instanceof TargetConnectionError)) this.options.onFault?.(error)
      this.options.access.refuse(request, failure.isRefusal ? 'target-refused' : 'target-unreachable', failure.message)
      session.abandon('target', failure.message, fatalError(sqlstateOfTarget(failure), `${target.name}: ${failure.message}`))
      return null
    }
  }

  private cancel({ socket, ...presented }: Extract<Arrival, { kind: 'cancel' }>, plain: Socket): void {
    this.cancelKeys.find(presented)?.cancel(`${plain.remoteAddress}:${plain.remotePort}`)
    socket.end()
    socket.destroySoon()
  }

  private cancelTarget(target: Allowed['target'], { processId, key }: TargetConnection): void {
    if (target.protocol !== 'postgres') return
    const failed = (error: unknown) => this.options.onFault?.(TargetConnectionError.from(error))
    cancelAtTarget(target, processId, key, this.options.connectTimeoutMs ?? DEFAULT_TIMEOUT_MS).catch(failed)
  }
}

function requestOf({ parameters }: Start, plain: Socket): AccessRequest {
  const { target, database } = askedTarget(parameters)
  const origin = { address: plain.remoteAddress ?? '', port: plain.remotePort ?? 0, client: clientName(parameters) }
  return {
    protocol: 'postgres',
    presented: { method: 'none' },
    asked: { target, account: parameters.get('user') ?? null, database },
    origin,
  }
}

function clientName(parameters: ReadonlyMap<string, string>): string | null {
  const name = parameters.get('application_name')
  return name ? printable(name).slice(0, CLIENT_NAME_LENGTH).toWellFormed() : null
}

function startedBody(start: Start, request: AccessRequest) {
  return { client: request.origin.client, database: request.asked.database, tls: start.isEncrypted }
}

/** Tells the caller why in the protocol's own form, and closes. */
function turnAway(socket: Socket, sqlstate: string, message: string): void {
  if (socket.destroyed) return
  const linger = setTimeout(() => socket.destroy(), 2000)
  socket.once('close', () => clearTimeout(linger))
  socket.end(fatalError(sqlstate, message))
  socket.resume()
}
