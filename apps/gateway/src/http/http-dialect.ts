import { type FoundObservables, type Observer, observeHttpRequest } from '@hoptrace/events'
import type { AnswerHead, AnswerPlan, AskedFields, Dialect, Refusal, SampledText, UpgradeTap } from './dialect.ts'
import { EventStreamTap } from './event-stream-tap.ts'
import type { EventLog } from './fitting-log.ts'
import { problemAnswer } from './problem.ts'
import { essenceOf } from './recorded-body.ts'
import { redirectOf } from './redirect.ts'
import { conversationAt, type PendingCalls, ToolCalls } from './tool-calls.ts'
import { WebSocketTap } from './web-socket-tap.ts'

export type HttpDialectOptions = {
  /** As the caller named it. */
  host: string
  /** Does that name the target, and not this gateway? */
  isNamedByHost: boolean
  /** Is this host name one of the target's? */
  isOwnHost: (name: string) => boolean
  /** `Mcp-Session-Id`, by which the Streamable HTTP transport tells conversations apart. A credential: never recorded. */
  conversation: string | null
  /** Tool calls of this session that are not answered yet. */
  pendingCalls: PendingCalls
}

/** Plain HTTP: requests, answers, streams of events and WebSockets, and the tools that agents call over them. */
export class HttpDialect implements Dialect {
  private calls: ToolCalls | null = null

  constructor(private readonly options: HttpDialectOptions) {}

  appendRequest(log: EventLog, asked: AskedFields, found: FoundObservables, sample: SampledText, nowUs: number): number {
    const { body, from, headers, httpVersion, method, path, withheldHeaders } = asked
    const { host, pendingCalls, conversation } = this.options
    const request = log.append('http.request', { body, from, headers, host, httpVersion, method, path, withheldHeaders }, found)
    this.calls = new ToolCalls(log, pendingCalls, () => (conversation === null ? conversationAt(path) : `id ${conversation}`))
    if (sample !== null && isJson(body?.mediaType ?? null)) this.calls.asked(sample.text, request, nowUs)
    return request
  }

  observeAsked(observer: Observer, asked: AskedFields): void {
    observeHttpRequest(observer, asked, this.options.isNamedByHost ? this.options.host : null)
  }

  answered(log: EventLog, request: number, head: AnswerHead): AnswerPlan {
    const redirect = redirectOf(head, this.options.isOwnHost)
    const told = redirect ? { redirect } : {}
    if (head.status === 101) return { ...told, stream: 'websocket' }
    const isStream = essenceOf(head.fields.first('content-type')) === 'text/event-stream'
    if (!isStream || this.calls === null) return told
    // An encoded stream is passed on as it is: what it holds is not read, its bytes are counted.
    const isPlain = head.fields.first('content-encoding') === null
    return { ...told, stream: 'sse', ...(isPlain ? { tap: new EventStreamTap(log, request, this.calls) } : {}) }
  }

  answerSampled(_log: EventLog, _request: number, sample: SampledText, nowUs: number): void {
    if (sample !== null) this.calls?.answered(sample.text, nowUs)
  }

  upgraded(log: EventLog, request: number, { fields }: AnswerHead): UpgradeTap | null {
    const isWebSocket = fields.first('upgrade')?.toLowerCase() === 'websocket'
    if (!isWebSocket || fields.first('sec-websocket-extensions') !== null || this.calls === null) return null
    return new WebSocketTap(log, request, this.calls)
  }

  ownAnswer(refusal: Refusal) {
    return problemAnswer(refusal)
  }
}

function isJson(mediaType: string | null): boolean {
  const essence = essenceOf(mediaType)
  return essence === 'application/json' || essence.endsWith('+json')
}
