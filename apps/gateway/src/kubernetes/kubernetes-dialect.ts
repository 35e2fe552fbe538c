import {
  type EventBody,
  type FoundObservables,
  isConnecting,
  type Observer,
  observeKubernetesRequest,
  type RequestInfo,
} from '@hoptrace/events'
import type { AnswerHead, AnswerPlan, AskedFields, Dialect, EventLog, Redaction, Refusal, SampledText, UpgradeTap } from '../http/index.ts'
import type { ScanBudget } from '../terminal/scan-allowance.ts'
import { binaryBody } from './binary-body.ts'
import { execAsked, isSet } from './exec-asked.ts'
import { ExecTap } from './exec-tap.ts'
import { appendForward, type ForwardAsked } from './forward-event.ts'
import { ForwardTap } from './forward-tap.ts'
import { LogTap } from './log-tap.ts'
import { redacted, secretsOf } from './redaction.ts'
import { statusAnswer } from './status.ts'
import { WatchTap } from './watch-tap.ts'

/** What all requests of one session share. */
export type SessionState = {
  /** Channels that it has opened. */
  channels: number
  budget: ScanBudget
}

/** The Kubernetes API over HTTP: its requests by what they ask for, secrets withheld, programs in containers as terminals. */
export class KubernetesDialect implements Dialect {
  constructor(
    private readonly info: RequestInfo,
    private readonly query: URLSearchParams,
    private readonly session: SessionState,
  ) {}

  get asksDocument(): boolean {
    return this.info.resource !== null && this.info.subresource !== 'proxy'
  }

  get holdsSecrets(): boolean {
    return secretsOf(this.info) !== null
  }

  observeAsked(observer: Observer, asked: AskedFields): void {
    observeKubernetesRequest(observer, this.bodyOf(asked))
  }

  appendRequest(log: EventLog, asked: AskedFields, found: FoundObservables): number {
    return log.append('kubernetes.request', this.bodyOf(asked), found)
  }

  redact(_side: 'asked' | 'answered', { text }: NonNullable<SampledText>): Redaction | null {
    const { subresource } = this.info
    const isSecret = secretsOf(this.info)
    // What a program or a service says is evidence, whatever it looks like.
    if (isSecret === null && (subresource === 'log' || subresource === 'proxy')) return null
    return redacted(text, isSecret)
  }

  binary(_side: 'asked' | 'answered', mediaType: string | null, bytes: Buffer) {
    return binaryBody(this.info, mediaType, bytes)
  }

  observeAnswered(observer: Observer, { text }: NonNullable<SampledText>): void {
    if (text.startsWith('{')) observer.json(text, 'answered', '/body/data/utf8', this.about)
  }

  answered(log: EventLog, request: number, { status, fields }: AnswerHead): AnswerPlan {
    const { verb, subresource } = this.info
    if (status === 101) return { stream: 'websocket' }
    if (status !== 200) return {}
    const isFollowed = subresource === 'log' && isSet(this.query, 'follow')
    if (verb !== 'watch' && !isFollowed) return {}
    const stream = isFollowed ? 'log' : 'watch'
    const isReadable =
      fields.first('content-encoding') === null && (isFollowed || /^application\/json\b/i.test(fields.first('content-type') ?? ''))
    if (!isReadable) return { stream, tap: UNREAD }
    if (isFollowed) return { stream, tap: new LogTap(log, request) }
    return { stream, tap: new WatchTap({ log, request, isSecret: secretsOf(this.info), about: this.about }) }
  }

  upgraded(log: EventLog, request: number, { fields }: AnswerHead): UpgradeTap | null {
    const { info } = this
    const subprotocol = fields.first('sec-websocket-protocol') ?? ''
    if (!isConnecting(info) || fields.first('sec-websocket-extensions') !== null) return null
    if (info.subresource === 'portforward') return new ForwardTap(log, this.forwardAsked(request))
    if (!/^v[45]\.channel\.k8s\.io$/.test(subprotocol)) return null
    const channel = this.session.channels
    this.session.channels += 1
    return new ExecTap({ log, request, channel, asked: execAsked(info, this.query), subprotocol, budget: this.session.budget })
  }

  /** Hears that the gateway does not let the request go on. */
  refused(log: EventLog, request: number): void {
    if (this.info.subresource === 'portforward') appendForward(log, this.forwardAsked(request), 'refused')
  }

  ownAnswer(refusal: Refusal) {
    return statusAnswer(refusal, this.info.isDiscovery)
  }

  private forwardAsked(request: number): ForwardAsked {
    return { request, namespace: this.info.namespace ?? '', pod: this.info.name ?? '', ports: portsOf(this.query) }
  }

  private bodyOf(asked: AskedFields): EventBody<'kubernetes.request'> {
    return { ...asked, ...this.info, query: [...this.query] }
  }

  private get about() {
    return { resource: this.info.resource, namespace: this.info.namespace }
  }
}

/** Of a stream that cannot be read as what it should be nothing is recorded but its size. */
const UNREAD = { feed: () => undefined, end: () => undefined, messages: 0 }

function portsOf(query: URLSearchParams): number[] {
  const ports = query
    .getAll('ports')
    .flatMap((value) => value.split(','))
    .map(Number)
  return ports.filter((port) => Number.isInteger(port) && port > 0 && port <= 65_535)
}
