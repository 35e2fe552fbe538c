import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { SpoolMark, StopOrder } from '../recording/session-recording.ts'
import { isBodiless } from './answer-fields.ts'
import { type BodySample, sampleBody } from './body-sampler.ts'
import { CallerBody } from './caller-body.ts'
import type { AnswerHead, AskedFields, Dialect, Refusal } from './dialect.ts'
import { type Ending, ExchangeRecorder } from './exchange-recorder.ts'
import { answerOwn } from './own-answer.ts'
import { PassedAnswer } from './passed-answer.ts'
import { isDocument } from './recorded-body.ts'
import type { InFlight, RequestSession } from './request-session.ts'
import { type AnswerListener, TargetAnswer } from './target-answer.ts'
import { UpgradedBridge } from './upgraded-bridge.ts'
import type { Dispatches } from './upstream.ts'

export type ExchangeOptions = {
  req: IncomingMessage
  res: ServerResponse
  session: RequestSession
  dialect: Dialect
  dispatcher: Dispatches
  /** As the request goes to the target. */
  sent: { path: string; headers: string[] }
  /** As it is recorded; the body comes of itself. */
  asked: Omit<AskedFields, 'body'>
  /** Credentials among its header fields: digested, never recorded. */
  credentials: readonly string[]
  /** Of a request to upgrade: what it asks for, the caller's connection, and the bytes that came after the request. */
  upgrade?: { protocol: string; socket: Duplex; head: Buffer } | undefined
  /** Monotonic microseconds. */
  nowUs: () => number
  /** Hears of faults of the gateway itself, with no payload in them. */
  onFault: (error: unknown) => void
  /** The exchange is over: its connection may take another. */
  onOver?: () => void
}

/** One request and its answer: sampled, recorded and passed on, under the two rules of SessionRecording. */
export class Exchange implements InFlight, AnswerListener {
  private readonly body: CallerBody
  private readonly answer: TargetAnswer
  private readonly passed: PassedAnswer
  private readonly recorder: ExchangeRecorder
  private bridge: UpgradedBridge | null = null
  private mark: SpoolMark = 0
  private isOver = false

  constructor(private readonly options: ExchangeOptions) {
    const { req, res, session, dialect, asked, nowUs } = options
    const isRead = dialect.asksDocument ?? isDocument(req.headers['content-type'] ?? null)
    this.body = new CallerBody(req, session.recording, () => this.guard(() => this.askedSampled()), isRead)
    this.answer = new TargetAnswer(asked.method, this)
    this.passed = new PassedAnswer(req, res, session.recording, this.answer)
    this.recorder = new ExchangeRecorder(session.log, dialect, { toTarget: this.body, toCaller: this.answer }, nowUs())
  }

  /** Takes the request up. Its session must have been taken in this very turn. */
  begin(): void {
    this.options.session.enter(this)
    this.options.res.on('close', () => this.guard(() => this.callerGone()))
    this.body.start()
  }

  /** The session ends at once. */
  stop(order: StopOrder): void {
    if (this.isOver) return
    const refusal = refusalOf(order)
    this.guard(() => {
      if (this.bridge) this.bridge.stop(order.message)
      else this.record({ isComplete: false, message: order.message }, refusal)
    })
    if (this.bridge) this.over(() => this.options.res.destroy())
    else if (this.passed.hasBegun) this.over(() => this.passed.leave(this.recorder.plan.tap?.lastWord?.(order.message) ?? null))
    else this.over(() => this.refuse(refusal))
  }

  /** The caller broke the protocol in the middle of its body. */
  callerBroke(refusal: Refusal): void {
    if (this.isOver) return
    this.answer.abort()
    this.guard(() => this.record({ isComplete: false, message: refusal.detail }, refusal))
    if (this.bridge || this.passed.hasBegun) this.over(() => this.options.res.destroy())
    else this.over(() => this.refuse(refusal))
  }

  onHead(head: AnswerHead): boolean {
    const coding = head.fields.first('transfer-encoding')
    if (coding !== null && coding.trim().toLowerCase() !== 'chunked') {
      this.answer.abort()
      this.onFault({ status: 502, reason: 'target-malformed', detail: "the target's answer has a transfer coding that was not asked for" })
      return true
    }
    return this.recorder.answered(head, this.options.nowUs()).tap === undefined
  }

  onReady(): void {
    const { answer } = this
    const { head } = answer
    if (this.recorder.isEnded || head === null) return
    if (this.recorder.plan.tap || isBodiless(this.options.asked.method, head.status)) return void this.respond(null)
    const type = { mediaType: head.fields.first('content-type'), encoding: head.fields.first('content-encoding') }
    const gathered = { head: type, prefix: answer.prefix.all(), isWhole: answer.isWhole }
    sampleBody('answered', gathered, this.options.dialect, (sample) => this.guard(() => this.respond(sample)))
  }

  onMore(chunk: Buffer): void {
    if (this.recorder.isEnded) return
    this.guard(() => {
      if (!this.recorder.isResponded) {
        this.answer.prefix.add(chunk)
        return this.passed.block(this.answer.prefix.bytes)
      }
      this.recorder.plan.tap?.feed(chunk, this.options.nowUs())
      this.passed.send(chunk, this.mark)
    })
  }

  onWhole(): void {
    if (!this.recorder.isResponded) return
    this.guard(() => this.record(this.ending()))
    this.passed.end(this.mark, () => this.over())
  }

  onUpgrade(head: AnswerHead, socket: Duplex): void {
    socket.on('error', () => {})
    const { upgrade, session, dialect, res, req, nowUs } = this.options
    const tap = upgrade && !this.recorder.isEnded ? (dialect.upgraded?.(session.log, this.recorder.request, head) ?? null) : null
    if (!upgrade || tap === null) {
      socket.destroy()
      return void this.onFault({
        status: 502,
        reason: 'target-malformed',
        detail: 'the target upgraded the connection in a way that was not asked for',
      })
    }
    this.guard(() => {
      const { stream } = this.recorder.answered(head, nowUs())
      this.recorder.appendResponse({ sample: null, hasBody: false, stream, refused: null }, null, nowUs())
      res.detachSocket(req.socket)
      this.bridge = new UpgradedBridge({
        caller: upgrade.socket,
        target: socket,
        tap,
        recording: session.recording,
        nowUs,
        tallies: { toTarget: this.body.tally, toCaller: this.answer.tally },
        onOver: (ending) => this.bridgeOver(ending),
        onFault: (error) => this.failed(error),
      })
      this.bridge.begin(head, this.mark, upgrade.head)
    })
  }

  onFault(fault: Refusal): void {
    if (this.recorder.isEnded) return
    const wasResponded = this.recorder.isResponded
    this.guard(() => this.record({ isComplete: false, message: fault.detail }, fault))
    if (wasResponded) this.passed.breakOff(this.mark, () => this.over())
    else this.options.session.recording.release(this.mark, () => this.over(() => this.refuse(fault)))
  }

  private askedSampled(): void {
    const { headers } = this.options.req
    if (this.body.isEmpty) return void this.askedReady(null)
    const head = { mediaType: headers['content-type'] ?? null, encoding: headers['content-encoding'] ?? null }
    const gathered = { head, prefix: this.body.prefix.all(), isWhole: this.body.isWhole }
    sampleBody('asked', gathered, this.options.dialect, (sample) => this.guard(() => this.askedReady(sample)))
  }

  private askedReady(sample: BodySample | null): void {
    if (this.recorder.isEnded) return
    this.appendRequest(sample)
    this.options.session.recording.forward(() => this.guard(() => this.send()))
  }

  private appendRequest(sample: BodySample | null): void {
    const { asked, credentials, session, nowUs } = this.options
    this.recorder.appendRequest(asked, credentials, sample, nowUs())
    this.mark = session.recording.mark
  }

  private send(): void {
    if (this.recorder.isEnded) return
    const { dispatcher, sent, asked, upgrade } = this.options
    const method = asked.method as Dispatcher.HttpMethod
    // Without a name of its own a request would be told by its Host, and each other one would connect anew.
    const options = { path: sent.path, method, headers: sent.headers, body: this.body.take(), servername: 'target' }
    dispatcher.dispatch(upgrade ? { ...options, upgrade: upgrade.protocol } : options, this.answer)
  }

  private respond(sample: BodySample | null): void {
    const { answer, recorder, options } = this
    const { head, statusText, isWhole } = answer
    if (recorder.isEnded || head === null) return
    const { plan } = recorder
    const hasBody = !isBodiless(options.asked.method, head.status)
    if (isWhole) plan.tap?.end(options.nowUs())
    recorder.appendResponse({ sample, hasBody, stream: plan.stream, refused: null }, isWhole ? this.ending() : null, options.nowUs())
    const bytes = answer.prefix.take()
    if (!isWhole) return void this.passed.begin({ head, statusText, length: null, isUnread: false }, bytes, this.mark)
    this.body.stop()
    const length = hasBody && head.fields.first('content-length') === null ? bytes.length : null
    this.passed.whole({ head, statusText, length, isUnread: !this.body.isWhole }, bytes, this.mark, () => this.over())
  }

  private ending(): Ending {
    const { tap } = this.recorder.plan
    const messages = tap ? { messages: { toCaller: tap.messages, toTarget: 0 } } : {}
    if (this.body.isWhole) return { isComplete: true, message: null, ...messages }
    return { isComplete: false, message: 'the target answered before the request was whole', ...messages }
  }

  private callerGone(): void {
    if (this.isOver || this.bridge) return
    this.answer.abort()
    this.record({ isComplete: false, message: 'the caller closed the connection' })
    this.over()
  }

  private bridgeOver(ending: Ending): void {
    if (!this.recorder.isEnded) this.guard(() => this.recorder.appendEnded(ending, this.options.nowUs()))
    this.over()
  }

  /** Puts the end on record, once, and whatever must stand before it. */
  private record(ending: Ending, refusal?: Refusal): void {
    const { recorder, options, body, answer } = this
    if (recorder.isEnded) return
    const nowUs = options.nowUs()
    body.stop()
    if (recorder.request < 0) this.appendRequest(this.sampleSoFar())
    recorder.plan.tap?.end(nowUs)
    const { tap } = recorder.plan
    const told = tap ? { ...ending, messages: { toCaller: tap.messages, toTarget: 0 } } : ending
    if (recorder.isResponded) return void recorder.appendEnded(told, nowUs)
    const hasBody = answer.tally.bytes > 0
    recorder.appendResponse({ sample: null, hasBody, stream: recorder.plan.stream, refused: refusal?.detail ?? null }, told, nowUs)
  }

  /** Of a request that ends before it could be sampled. Null where that would have to be waited for. */
  private sampleSoFar(): BodySample | null {
    const { prefix } = this.body
    const { headers } = this.options.req
    const head = { mediaType: headers['content-type'] ?? null, encoding: headers['content-encoding'] ?? null }
    let sample: BodySample | null = null
    if (prefix.bytes > 0) {
      sampleBody('asked', { head, prefix: prefix.all(), isWhole: false }, this.options.dialect, (made) => {
        sample = made
      })
    }
    return sample
  }

  private refuse(refusal: Refusal): void {
    const { req, res, dialect } = this.options
    answerOwn(req, res, refusal, dialect.ownAnswer(refusal))
  }

  /** Nothing of this exchange is left to do but `last`. */
  private over(last?: () => void): void {
    if (this.isOver) return
    this.isOver = true
    this.body.stop()
    this.answer.abort()
    this.options.session.leave(this)
    last?.()
    this.options.onOver?.()
  }

  // No record, no access: what cannot be recorded does not go on.
  private guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.failed(error)
    }
  }

  private failed(error: unknown): void {
    this.options.onFault(error)
    this.over(() => this.options.res.destroy())
  }
}

function refusalOf({ reason, message }: StopOrder): Refusal {
  if (reason === 'revoked' || reason === 'expired') return { status: 403, reason, detail: message }
  return { status: 503, reason: 'recording-unavailable', detail: message }
}
