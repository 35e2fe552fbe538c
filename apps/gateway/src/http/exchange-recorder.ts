import { type EventBody, Observer, observeHttpRequest, observeHttpResponse } from '@hoptrace/events'
import type { BodySample } from './body-sampler.ts'
import type { BodyTally } from './body-tally.ts'
import { recordedFields } from './credential-fields.ts'
import type { AnswerHead, AnswerPlan, AskedFields, Dialect, HttpStream } from './dialect.ts'
import type { EventLog } from './fitting-log.ts'
import { observeSecret } from './observe-secret.ts'

type Completion = NonNullable<EventBody<'http.response'>['end']>

/** How an exchange ended; `message` is why it is not complete, or who ended it. */
export type Ending = { isComplete: boolean; message: string | null; messages?: Completion['messages'] }
export type Answered = { sample: BodySample | null; hasBody: boolean; stream?: HttpStream | undefined; refused: string | null }

/** A direction of an exchange: what passed, and whether that was all. */
type Side = { readonly tally: BodyTally; readonly isWhole: boolean }

/** Appends the events of one exchange, in their order and each once. Pure: time comes in, events go out. */
export class ExchangeRecorder {
  /** seq of the request's event; -1 until it is appended. */
  request = -1
  isResponded = false
  isEnded = false
  plan: AnswerPlan = {}
  private head: AnswerHead | null = null
  private headAtUs: number | null = null
  private readonly isWithheld = { asked: false, answered: false }

  constructor(
    private readonly log: EventLog,
    private readonly dialect: Dialect,
    private readonly sides: { toTarget: Side; toCaller: Side },
    private readonly startedUs: number,
  ) {}

  appendRequest(asked: Omit<AskedFields, 'body'>, credentials: readonly string[], sample: BodySample | null, nowUs: number): void {
    const observer = new Observer(this.log.digestKey)
    for (const secret of credentials) observer.presented(secret)
    for (const secret of sample?.secrets ?? []) observeSecret(observer, secret, 'presented')
    this.isWithheld.asked = this.dialect.holdsSecrets === true || sample?.body.withheld !== undefined
    const fields = { body: sample?.body ?? null, ...asked }
    if (this.dialect.observeAsked) this.dialect.observeAsked(observer, fields)
    else observeHttpRequest(observer, fields, null)
    this.request = this.dialect.appendRequest(this.log, fields, observer.result(), sample?.text ?? null, nowUs)
  }

  /** The answer's head came. */
  answered(head: AnswerHead, nowUs: number): AnswerPlan {
    this.head = head
    this.headAtUs = nowUs
    this.plan = this.dialect.answered(this.log, this.request, head)
    return this.plan
  }

  /** @param ending where the exchange is over with this */
  appendResponse({ sample, hasBody, stream, refused }: Answered, ending: Ending | null, nowUs: number): void {
    const { fields } = this.head ?? {}
    const { headers, withheldHeaders, credentials } = fields ? recordedFields(fields) : NOTHING
    const body =
      sample?.body ?? (hasBody && fields ? { encoding: fields.first('content-encoding'), mediaType: fields.first('content-type') } : null)
    this.isWithheld.answered = this.dialect.holdsSecrets === true || sample?.body.withheld !== undefined
    const observer = new Observer(this.log.digestKey)
    if (sample?.text) this.dialect.observeAnswered?.(observer, sample.text)
    for (const secret of [...credentials, ...(sample?.secrets ?? [])]) observeSecret(observer, secret, 'answered')
    const { redirect } = this.plan
    const response = {
      body,
      durationUs: this.since(this.headAtUs ?? nowUs),
      ...(ending ? { end: this.completion(ending, nowUs) } : {}),
      headers,
      ...(redirect ? { redirect } : {}),
      refused,
      request: this.request,
      status: this.head?.status ?? null,
      ...(stream ? { stream } : {}),
      withheldHeaders,
    }
    observeHttpResponse(observer, response)
    this.log.append('http.response', response, observer.result())
    this.isResponded = true
    this.isEnded = ending !== null
    if (sample) this.dialect.answerSampled?.(this.log, this.request, sample.text, nowUs)
  }

  appendEnded(ending: Ending, nowUs: number): void {
    this.isEnded = true
    this.log.append('http.ended', { ...this.completion(ending, nowUs), request: this.request })
  }

  private completion({ isComplete, message, messages }: Ending, nowUs: number): Completion {
    const { toTarget, toCaller } = this.sides
    const { asked, answered } = this.isWithheld
    return {
      bytesToCaller: toCaller.tally.bytes,
      bytesToTarget: toTarget.tally.bytes,
      durationUs: this.since(nowUs),
      isComplete,
      message,
      ...(messages ? { messages } : {}),
      sha256ToCaller: toCaller.isWhole && !answered ? toCaller.tally.sha256() : null,
      sha256ToTarget: toTarget.isWhole && !asked ? toTarget.tally.sha256() : null,
    }
  }

  private since(nowUs: number): number {
    return Math.max(0, Math.round(nowUs - this.startedUs))
  }
}

const NOTHING = { headers: [], withheldHeaders: [], credentials: [] }
