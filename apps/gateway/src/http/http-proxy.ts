import type { AccessControl, AccessRequest } from '../access/access-control.ts'
import { isOverridden } from '../access/overriding-fields.ts'
import type { HttpTarget, SecretSource, Target } from '../access/target.ts'
import type { TargetDirectory } from '../access/target-directory.ts'
import { clientNameOf, isLoopback } from './caller-origin.ts'
import { recordedFields } from './credential-fields.ts'
import type { Refusal } from './dialect.ts'
import { Exchange } from './exchange.ts'
import { type Field, HeaderFields } from './header-fields.ts'
import { HttpDialect } from './http-dialect.ts'
import { malformedHead } from './malformed.ts'
import { answerOwn } from './own-answer.ts'
import { type PresentedToken, presentedToken } from './presented-token.ts'
import { problemAnswer } from './problem.ts'
import { statusOf } from './refusal-status.ts'
import type { RequestSession } from './request-session.ts'
import { RequestSessions, type Taken } from './request-sessions.ts'
import { climbs, type Destination, destinationOf } from './request-target.ts'
import { holdsToken, sentFields } from './sent-fields.ts'
import { type Arrival, StrictServer } from './strict-server.ts'
import { TargetCredentials } from './target-credential.ts'
import { PendingCalls } from './tool-calls.ts'
import { Upstreams } from './upstream.ts'

export type HttpProxyOptions = {
  access: AccessControl
  targets: TargetDirectory
  /** Reads a target's own credential. Throws when it is not there; what it throws names the source, never the secret. */
  resolveSecret: (source: SecretSource) => string
  /** Certificate and key, PEM. Without them callers from other machines are refused: their run token would travel in clear. */
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined
  /** Monotonic microseconds. */
  nowUs: () => number
  /** Hears of faults of the gateway itself; they hold no payload and no secret. */
  onFault?: ((error: unknown) => void) | undefined
  /** For a target's answer to begin. Default 10 minutes. */
  answerTimeoutMs?: number | undefined
  headersTimeoutMs?: number | undefined
}

type Asked = { fields: HeaderFields; to: Extract<Destination, { kind: 'target' }>; token: PresentedToken; secret: string | null }

const ANSWER_TIMEOUT_MS = 600_000

/** Accepts HTTP callers, decides who may ask what, and stands between them and their targets, recording. */
export class HttpProxy {
  private readonly server: StrictServer
  private readonly sessions: RequestSessions
  private readonly upstreams: Upstreams
  private readonly credentials: TargetCredentials
  private readonly pendingCalls = new WeakMap<RequestSession, PendingCalls>()

  constructor(private readonly options: HttpProxyOptions) {
    const { access, resolveSecret, nowUs, tls, headersTimeoutMs, answerTimeoutMs = ANSWER_TIMEOUT_MS } = options
    this.sessions = new RequestSessions(access, (target) => ('idleSeconds' in target ? target.idleSeconds : 300) * 1000)
    this.upstreams = new Upstreams(answerTimeoutMs)
    this.credentials = new TargetCredentials(resolveSecret, nowUs)
    this.server = new StrictServer({
      tls,
      headersTimeoutMs,
      onRequest: (arrival) => this.serve(arrival),
      onRefused: (refusal, from, action) => this.refusedUnread(refusal, from, action),
      ownAnswer: problemAnswer,
      onFault: (error) => options.onFault?.(error),
    })
  }

  get openSessions(): number {
    return this.sessions.openCount
  }

  /** @returns the port, which the system chose where 0 was asked for */
  listen(port: number, host: string): Promise<number> {
    return this.server.listen(port, host)
  }

  /** Accepts no more callers. Recordings are ended before by their owner's order to stop. */
  async close(): Promise<void> {
    this.sessions.close({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await this.server.close()
    await this.upstreams.close()
  }

  private serve(arrival: Arrival): void {
    const { req } = arrival
    const fields = new HeaderFields(req.rawHeaders)
    const token = presentedToken(fields)
    const secret = 'secret' in token.presented ? token.presented.secret : null
    const malformed = malformedHead(req, fields)
    const to = destinationOf(req.url ?? '', fields.first('host'), (name) => this.options.targets.find(name, 'http') !== null)
    if (malformed || to.kind === 'invalid') {
      const refusal = malformed ?? { status: 400, reason: 'malformed' as const, detail: to.kind === 'invalid' ? to.message : '' }
      return void this.refuse(arrival, this.requestOf(arrival, fields, token, { target: '', path: null }), refusal)
    }
    this.ask(arrival, { fields, to, token, secret })
  }

  private ask(arrival: Arrival, asked: Asked): void {
    const { to, token, secret, fields } = asked
    const target = this.options.targets.find(to.name, 'http')
    const path = (target?.protocol === 'http' ? target.basePath : '') + to.path
    const isTokenShown = secret !== null && secret.length >= 8 && to.path.includes(secret)
    const request = this.requestOf(arrival, fields, token, { target: to.name, path: isTokenShown ? null : path })
    const malformed = isTokenShown
      ? 'the run token stands in the path'
      : isBelow(target, to.path)
        ? null
        : 'the path leads out of its target'
    if (malformed !== null) return void this.refuse(arrival, request, { status: 400, reason: 'malformed', detail: malformed })
    if (!arrival.isEncrypted && !isLoopback(arrival.req.socket.remoteAddress)) {
      const detail = 'TLS is required: the run token would travel in clear'
      return void this.refuse(arrival, request, { status: 403, reason: 'tls-required', detail })
    }
    const taken = this.sessions.take(request, arrival.isEncrypted)
    if (taken.kind === 'deny')
      return void this.answer(arrival, { status: statusOf(taken.reason), reason: taken.reason, detail: taken.message })
    this.exchange(arrival, asked, path, taken)
  }

  private exchange(
    arrival: Arrival,
    { to, fields, secret }: Asked,
    path: string,
    { session, target }: Extract<Taken, { kind: 'session' }>,
  ): void {
    if (target.protocol !== 'http') throw new Error('a target of another protocol was admitted')
    const { req, res, from, upgrade } = arrival
    const host = to.isNamedByHost ? to.host : target.address
    const isOwn = (name: string) => this.options.targets.find(name, 'http') === target || name === hostOfAddress(target.address)
    const sent = {
      host,
      token: secret,
      isCallers: target.credential === 'caller',
      credential: this.credentials.fieldFor(target),
      isUpgrade: upgrade !== undefined,
    }
    const isHidden = (field: Field) => holdsToken(field, secret)
    const { headers, withheldHeaders, credentials } = recordedFields(fields, isHidden, sent.credential?.name)
    session.hide(sent)
    const exchange = new Exchange({
      req,
      res,
      session,
      dialect: new HttpDialect({
        host: to.host,
        isNamedByHost: to.isNamedByHost,
        conversation: fields.first('mcp-session-id'),
        isOwnHost: isOwn,
        pendingCalls: this.pendingCallsOf(session),
      }),
      dispatcher: this.upstreams.dispatcherFor(upstreamOf(target), session),
      sent: { path, headers: sentFields(fields, sent) },
      asked: { from, headers, method: req.method ?? '', path, httpVersion: req.httpVersion, withheldHeaders },
      credentials,
      upgrade,
      nowUs: this.options.nowUs,
      onFault: (error) => this.options.onFault?.(error),
      onOver: () => arrival.done(),
    })
    arrival.claim((refusal) => exchange.callerBroke(refusal))
    if (req.headers.expect !== undefined) res.writeContinue()
    exchange.begin()
  }

  private pendingCallsOf(session: RequestSession): PendingCalls {
    const known = this.pendingCalls.get(session)
    if (known) return known
    const made = new PendingCalls()
    this.pendingCalls.set(session, made)
    return made
  }

  private requestOf(
    { req }: Arrival,
    fields: HeaderFields,
    { presented }: PresentedToken,
    to: { target: string; path: string | null },
  ): AccessRequest {
    const { remoteAddress = '', remotePort = 0 } = req.socket
    const method = req.method ?? ''
    const [bare = ''] = (to.path ?? '').split('?', 1)
    return {
      protocol: 'http',
      presented,
      asked: {
        target: to.target,
        account: null,
        database: null,
        action: to.path === null ? method : `${method} ${bare}`,
        scope: { http: { method, path: to.path ?? '', isOverridden: isOverridden(fields.list.map(([name]) => name)) } },
      },
      origin: { address: remoteAddress, port: remotePort, client: clientNameOf(fields) },
    }
  }

  private refuse(arrival: Arrival, request: AccessRequest, refusal: Refusal): void {
    if (isDenyReason(refusal.reason)) this.options.access.refuse(request, refusal.reason, refusal.detail)
    this.answer(arrival, refusal)
  }

  private answer({ req, res, done }: Arrival, refusal: Refusal): void {
    answerOwn(req, res, refusal, problemAnswer(refusal))
    done()
  }

  private refusedUnread(refusal: Refusal, { address, port }: { address: string; port: number }, action: string): void {
    const asked = { target: '', account: null, database: null, action }
    const request: AccessRequest = { protocol: 'http', presented: { method: 'none' }, asked, origin: { address, port, client: null } }
    if (isDenyReason(refusal.reason)) this.options.access.refuse(request, refusal.reason, refusal.detail)
  }
}

// Where a target is a part of a server, its other parts are none of it.
function isBelow(target: Target | null, path: string): boolean {
  return target?.protocol !== 'http' || target.basePath === '' || !climbs(path)
}

function upstreamOf({ name, address, tls, ca, credential }: HttpTarget) {
  return { name, address, tls, ca, isPerSession: credential === 'caller' }
}

function hostOfAddress(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
}

function isDenyReason(reason: Refusal['reason']): reason is 'malformed' | 'tls-required' | 'not-granted' {
  return reason === 'malformed' || reason === 'tls-required' || reason === 'not-granted'
}
