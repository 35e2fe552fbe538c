import type { DenyReason, EventBody, FoundObservables, Observer } from '@hoptrace/events'
import type { EventLog } from './fitting-log.ts'
import type { HeaderFields } from './header-fields.ts'

/** What the event of a request holds whatever the protocol. */
export type AskedFields = Omit<EventBody<'http.request'>, 'host'>
export type HttpStream = NonNullable<EventBody<'http.response'>['stream']>

/** A body as far as it was sampled, decoded; null where its type is not textual or it cannot be decoded. `isWhole`: is it all there is? */
export type SampledText = { text: string; isWhole: boolean } | null

/** A text in which some values are replaced by a note, the JSON pointers of those, and the values, for their digests alone. */
export type Redaction = { text: string; withheld: string[]; secrets: string[] }

/** What is recorded of a body that is no text: its bytes or, with `data` null, none of them; and as a Redaction has it. */
export type BinaryRecord = { data: Buffer | null; withheld: string[]; secrets: string[] }

export type AnswerHead = { status: number; fields: HeaderFields }

/** Records an answer that is a stream, as it passes. */
export interface AnswerTap {
  /** Appends what these bytes complete; they are released after that. They are as on the wire, not decoded. */
  feed(chunk: Buffer, nowUs: number): void
  /** The stream is over. */
  end(nowUs: number): void
  readonly messages: number
  /** What the caller is told where the gateway ends the stream; null where that would fall in the middle of something. */
  lastWord?(message: string): Buffer | null
}

/** Records both directions of an upgraded connection. */
export interface UpgradeTap {
  /** Appends what these bytes ask. @returns the bytes that may go on now: what a message still lacks is held back */
  fromCaller(chunk: Buffer, nowUs: number): Buffer
  /** The same for the target's. */
  fromTarget(chunk: Buffer, nowUs: number): Buffer
  /** Why this cannot go on: the other side broke the protocol. Asked after every chunk. */
  readonly violation: string | null
  /** Either side is gone. */
  end(nowUs: number): void
  readonly messages: { toTarget: number; toCaller: number }
  /** Did it end as the protocol has it, and who ended it? */
  readonly outcome: { isComplete: boolean; message: string | null }
  /** What each side is told when the gateway ends it; null where that would fall in the middle of something. */
  lastWords(why: 'violation' | 'stopped', message: string): { toCaller: Buffer | null; toTarget: Buffer | null }
}

export type AnswerPlan = {
  stream?: HttpStream
  /** With one, the answer's head is released at once and no sample of its body is taken: the tap records it. */
  tap?: AnswerTap
  redirect?: EventBody<'http.response'>['redirect']
}

/** An answer of the gateway's own. `reason` is stable. */
export type Refusal = { status: number; reason: DenyReason | TargetFault; detail: string }
export type TargetFault = 'target-malformed' | 'target-timeout' | 'target-lost' | 'not-offered' | 'internal'
export type OwnAnswer = { mediaType: string; body: string }

/** What differs between the protocols that are spoken over HTTP. One object for one exchange. */
export interface Dialect {
  /** Is the body of this request one document, whatever its type says? */
  readonly asksDocument?: boolean
  /** Do secrets stand in what is asked and answered? Of those not even a digest of the whole is taken: one could try values against it. */
  readonly holdsSecrets?: boolean
  /** Appends the request's event, and what else the request says. @returns the seq of the request's event */
  appendRequest(log: EventLog, asked: AskedFields, found: FoundObservables, sample: SampledText, nowUs: number): number
  /** What of a textual body is never recorded. Null where all of it may be. */
  redact?(side: 'asked' | 'answered', sample: NonNullable<SampledText>): Redaction | null
  /** What of a body that is no text is recorded all the same. Null: nothing but its type, as for any other. */
  binary?(side: 'asked' | 'answered', mediaType: string | null, bytes: Buffer): BinaryRecord | null
  /** Finds values in a request, in place of what is found in any. */
  observeAsked?(observer: Observer, asked: AskedFields): void
  /** Adds values in an answer's body that only the protocol can tell. `sample` as it is recorded. */
  observeAnswered?(observer: Observer, sample: NonNullable<SampledText>): void
  /** Hears of the answer's head before anything of it is recorded. */
  answered(log: EventLog, request: number, head: AnswerHead): AnswerPlan
  /** Hears of the sampled body of an answer once its `http.response` is appended. */
  answerSampled?(log: EventLog, request: number, sample: SampledText, nowUs: number): void
  /** Of a connection that the target agreed to upgrade. Null refuses it. */
  upgraded?(log: EventLog, request: number, head: AnswerHead): UpgradeTap | null
  /** The gateway's own answers, in the protocol's form. */
  ownAnswer(refusal: Refusal): OwnAnswer
}
