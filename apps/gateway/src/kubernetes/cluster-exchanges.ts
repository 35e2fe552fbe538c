import type { KubernetesTarget, SecretSource } from '../access/target.ts'
import { type Arrival, Exchange, type ExchangeOptions, type InFlight, type Refusal, type RequestSession, Upstreams } from '../http/index.ts'
import { SESSION_SCAN_BYTES } from '../terminal/scan-allowance.ts'
import { type AskedRequest, secretOf } from './asked-request.ts'
import { KubernetesCredentials } from './kubernetes-credential.ts'
import { KubernetesDialect, type SessionState } from './kubernetes-dialect.ts'
import { refusedUpgrade } from './offered-upgrades.ts'
import { type RecordedRequest, recordRefused } from './refused-request.ts'
import { headersToSend, recordedHeaders } from './request-headers.ts'

export type ClusterExchangesOptions = {
  resolveSecret: (source: SecretSource) => string
  nowUs: () => number
  onFault: (error: unknown) => void
  answerTimeoutMs: number
}

/** A request that its run may make, in the session that it belongs to. */
export type Taken = { arrival: Arrival; asked: AskedRequest; session: RequestSession; target: KubernetesTarget }

/** Takes requests to their API servers, with the gateway's own credentials, and answers for what cannot be recorded. */
export class ClusterExchanges {
  private readonly upstreams: Upstreams
  private readonly credentials: KubernetesCredentials
  private readonly states = new WeakMap<RequestSession, SessionState>()

  constructor(private readonly options: ClusterExchangesOptions) {
    this.upstreams = new Upstreams(options.answerTimeoutMs)
    this.credentials = new KubernetesCredentials(options.resolveSecret, options.nowUs)
  }

  close(): Promise<void> {
    return this.upstreams.close()
  }

  /** @param refuse answers in the target's place */
  begin(taken: Taken, refuse: (refusal: Refusal) => void): void {
    const { arrival, asked, session } = taken
    const recorded = this.recorded(taken)
    const sending = refusedUpgrade(asked.info, arrival.upgrade !== undefined, asked.fields) ?? this.sending(taken)
    if ('reason' in sending) {
      recordRefused(recorded, sending)
      refuseLater(session, () => refuse(sending))
      return
    }
    const { req, res, upgrade } = arrival
    const exchange = new Exchange({
      ...recorded,
      ...sending,
      req,
      res,
      upgrade,
      onFault: this.options.onFault,
      onOver: () => arrival.done(),
    })
    arrival.claim((broken) => exchange.callerBroke(broken))
    if (req.headers.expect !== undefined) res.writeContinue()
    exchange.begin()
  }

  private recorded({ arrival: { req, from }, asked, session }: Taken): RecordedRequest {
    const { fields, path, info, query, token } = asked
    const { headers, withheldHeaders, credentials } = recordedHeaders(fields, secretOf(token))
    return {
      session,
      dialect: new KubernetesDialect(info, query, this.stateOf(session)),
      asked: { from, headers, method: req.method ?? '', path, httpVersion: req.httpVersion, withheldHeaders },
      credentials,
      nowUs: this.options.nowUs,
    }
  }

  // The credential may not be there to be read: the fault names where it should be, which is not the caller's to know.
  private sending({ arrival, asked, session, target }: Taken): Pick<ExchangeOptions, 'dispatcher' | 'sent'> | Refusal {
    const { path, info, fields, token } = asked
    const isCallers = target.credential === 'caller'
    try {
      const credential = this.credentials.fieldFor(target)
      const sent = { host: target.address, token: secretOf(token), isCallers, credential, isUpgrade: arrival.upgrade !== undefined }
      session.hide(sent)
      const dispatcher = this.upstreams.dispatcherFor(this.credentials.upstreamOf(target), session)
      return { dispatcher, sent: { path, headers: headersToSend(info, fields, sent) } }
    } catch (error) {
      this.options.onFault(error)
      return { status: 500, reason: 'internal', detail: "the gateway's own credential for this cluster cannot be read" }
    }
  }

  private stateOf(session: RequestSession): SessionState {
    const known = this.states.get(session)
    if (known) return known
    const state = { channels: 0, budget: { bytes: SESSION_SCAN_BYTES } }
    this.states.set(session, state)
    return state
  }
}

// Once it is on record, or at once where the session ends before.
function refuseLater(session: RequestSession, refuse: () => void): void {
  const inFlight: InFlight = { stop: () => refuse() }
  session.enter(inFlight)
  session.recording.release(session.recording.mark, () => {
    session.leave(inFlight)
    refuse()
  })
}
