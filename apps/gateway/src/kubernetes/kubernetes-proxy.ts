import type { RequestInfo } from '@hoptrace/events'
import type { AccessControl, AccessRequest, Refusal as Denial } from '../access/access-control.ts'
import type { SecretSource } from '../access/target.ts'
import { type Arrival, answerOwn, type Refusal, RequestSessions, StrictServer } from '../http/index.ts'
import { type AskedRequest, accessRequest, readAsked } from './asked-request.ts'
import { ClusterExchanges } from './cluster-exchanges.ts'
import { forbiddenField } from './forbidden-fields.ts'
import { denialStatus, statusAnswer } from './status.ts'

export type KubernetesProxyOptions = {
  access: AccessControl
  /** Reads a target's own credential. Throws when it is not there; what it throws names the source, never the secret. */
  resolveSecret: (source: SecretSource) => string
  /** Certificate and key, PEM: clients of Kubernetes send tokens over TLS alone. */
  tls: { cert: string | Buffer; key: string | Buffer }
  /** Monotonic microseconds. */
  nowUs: () => number
  /** Hears of faults of the gateway itself; they hold no payload and no secret. */
  onFault?: ((error: unknown) => void) | undefined
  /** For a target's answer to begin. Default 10 minutes. */
  answerTimeoutMs?: number | undefined
  headersTimeoutMs?: number | undefined
}

const ANSWER_TIMEOUT_MS = 600_000

/** Stands between clients of Kubernetes and API servers: `/clusters/<name>` of its own address is that target's. */
export class KubernetesProxy {
  private readonly server: StrictServer
  private readonly sessions: RequestSessions
  private readonly exchanges: ClusterExchanges

  constructor(private readonly options: KubernetesProxyOptions) {
    const { access, resolveSecret, nowUs, tls, headersTimeoutMs, answerTimeoutMs = ANSWER_TIMEOUT_MS } = options
    const onFault = (error: unknown) => options.onFault?.(error)
    this.sessions = new RequestSessions(access, (target) => ('idleSeconds' in target ? target.idleSeconds : 300) * 1000)
    this.exchanges = new ClusterExchanges({ resolveSecret, nowUs, onFault, answerTimeoutMs })
    this.server = new StrictServer({
      tls,
      headersTimeoutMs,
      onRequest: (arrival) => this.serve(arrival),
      onRefused: (refusal, from, action) => this.refusedUnread(refusal, from, action),
      ownAnswer: (refusal) => statusAnswer(refusal),
      onFault,
    })
  }

  get openSessions(): number {
    return this.sessions.openCount
  }

  /** @returns the port, which the system chose where 0 was asked for */
  listen(port: number, host: string): Promise<number> {
    return this.server.listen(port, host)
  }

  /** Connections from here on are shown this certificate. */
  useCertificate(tls: KubernetesProxyOptions['tls']): void {
    this.server.useCertificate(tls)
  }

  /** Accepts no more callers. Recordings are ended before by their owner's order to stop. */
  async close(): Promise<void> {
    this.sessions.close({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await this.server.close()
    await this.exchanges.close()
  }

  private serve(arrival: Arrival) {
    const read = readAsked(arrival.req)
    if (read.kind === 'unread') return this.refuse(arrival, read.of, read.refusal)
    const { asked } = read
    const forbidden = forbiddenField(asked.fields)
    if (!forbidden) return this.take(arrival, asked)
    const request = accessRequest(arrival.req, { ...asked, action: `${asked.action} ${forbidden.as}` })
    const admission = this.options.access.admit(request)
    if (admission.kind === 'deny') return this.answer(arrival, denied(admission, asked.action), asked.info)
    this.refuse(arrival, request, { status: 403, reason: 'impersonation', detail: forbidden.detail }, asked.info)
  }

  private take(arrival: Arrival, asked: AskedRequest) {
    const taken = this.sessions.take(accessRequest(arrival.req, asked), arrival.isEncrypted)
    if (taken.kind === 'deny') return this.answer(arrival, denied(taken, asked.action), asked.info)
    const { session, target } = taken
    if (target.protocol !== 'kubernetes') throw new Error('a target of another protocol was admitted')
    this.exchanges.begin({ arrival, asked, session, target }, (refusal) => this.answer(arrival, refusal, asked.info))
  }

  private refuse(arrival: Arrival, request: AccessRequest, refusal: Refusal, info?: RequestInfo): void {
    const { reason, detail } = refusal
    if (reason === 'malformed' || reason === 'impersonation') this.options.access.refuse(request, reason, detail)
    this.answer(arrival, refusal, info)
  }

  private answer({ req, res, done }: Arrival, refusal: Refusal, info?: RequestInfo): void {
    answerOwn(req, res, refusal, statusAnswer(refusal, info?.isDiscovery))
    done()
  }

  private refusedUnread({ reason, detail }: Refusal, from: { address: string; port: number }, action: string): void {
    if (reason !== 'malformed') return
    const asked = { target: '', account: null, database: null, action }
    this.options.access.refuse(
      { protocol: 'kubernetes', presented: { method: 'none' }, asked, origin: { ...from, client: null } },
      reason,
      detail,
    )
  }
}

function denied({ reason, message }: Denial, action: string): Refusal {
  return { status: denialStatus(reason), reason, detail: reason === 'not-granted' ? `${action}: ${message}` : message }
}
