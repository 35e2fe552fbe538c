import { isUtf8 } from 'node:buffer'
import { hash as digest } from 'node:crypto'
import { bodies, type EventType } from './bodies.ts'
import { MAX_EVENT_BYTES } from './chain.ts'
import type { Rejected } from './decode.ts'
import { isCanonicalMember } from './encoded-content.ts'
import { type EnvelopeText, envelopeText } from './envelope-text.ts'
import { KnownEvent, MAX_SEQ, type SessionEnvelope, type SessionEvent } from './session-event.ts'

/** As `Decoded`, with the content in bytes that belong to the decoder: what is kept of it is copied at once. */
export type DecodedInPlace =
  | {
      kind: 'event'
      event: SessionEvent
      content: Buffer
      isDigested: boolean
      /** One value for all events of a session that was met before, so that what is made of it need be made once; or the event itself. */
      envelope: SessionEnvelope
    }
  | Rejected

/** An envelope that was read and checked once, with its canonical text. */
export type KnownEnvelope = { envelope: SessionEnvelope; text: EnvelopeText }

export function knownEnvelope(event: SessionEnvelope): KnownEnvelope {
  const { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target } = event
  const envelope = { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target }
  return { envelope, text: envelopeText(envelope) }
}

/**
 * Reads an encoded event whose envelope is known: only what differs within a session is parsed and checked, the rest is
 * compared as text. Answers as `decodeText` does, or null where that must tell: for any other form, and for every fault.
 *
 * JSON can be taken apart in one way alone. So where the text is the envelope's, piece for piece, and between the
 * pieces stand whole values, these are the members' values.
 * @param text that of the bytes
 */
export function decodeInSession(bytes: Buffer, text: string, { envelope, text: known }: KnownEnvelope): DecodedInPlace | null {
  const parts = partsOf(text, known)
  if (parts === null || !isInRange(parts)) return null
  const body = bodyOf(parts)
  const observables = parts.observables === '[]' ? [] : observablesOf(parts.observables)
  if (body === null || observables === null) return null
  const content = contentIn(bytes)
  if (content === null || digest('sha256', content) !== parts.hash) return null
  return { kind: 'event', event: eventOf(envelope, parts, body, observables), content, isDigested: true, envelope }
}

// One event is decoded at a time.
const scratch = Buffer.allocUnsafeSlow(MAX_EVENT_BYTES)

// Bytes that are no UTF-8 are not those of their text, which is what the hash must be of.
function contentIn(bytes: Buffer): Buffer | null {
  if (!isUtf8(bytes)) return null
  const end = bytes.copy(scratch, 0, 0, bytes.length - HASH_MEMBER_BYTES)
  scratch.write('}', end)
  return scratch.subarray(0, end + 1)
}

// Member for member: objects that are spread into others take longer than all the rest of this.
function eventOf(envelope: SessionEnvelope, parts: Parts, body: object, observables: KnownEvent['observables']): KnownEvent {
  return {
    v: 1,
    tenant: envelope.tenant,
    sessionId: envelope.sessionId,
    seq: parts.seq,
    ts: parts.ts,
    elapsedUs: parts.elapsedUs,
    gatewayId: envelope.gatewayId,
    bootId: envelope.bootId,
    run: envelope.run,
    principal: envelope.principal,
    rootPrincipal: envelope.rootPrincipal,
    lineage: envelope.lineage,
    origin: envelope.origin,
    target: envelope.target,
    observables,
    prevHash: parts.prevHash,
    hash: parts.hash,
    type: parts.type,
    body,
    // The body was checked as one of this type: that they belong together is what the compiler cannot follow.
  } as KnownEvent
}

type Parts = {
  body: string
  elapsedUs: number
  observables: string
  prevHash: string
  seq: number
  ts: string
  type: EventType
  hash: string
}

const BODY = '{"body":'
const TO_TYPE = '","type":"'
const TO_HASH = '","v":1,"hash":"'
const END = '"}'
const HASH_DIGITS = 64
const HASH_MEMBER_BYTES = 75
const SHA256 = /^[0-9a-f]{64}$/
const MAX_TS_DIGITS = 16
const TYPES: ReadonlyMap<string, EventType> = new Map((Object.keys(bodies) as EventType[]).map((type) => [type, type]))

// From the end backwards: what is long stands at the beginning.
function partsOf(text: string, known: EnvelopeText): Parts | null {
  const hash = text.length - END.length - HASH_DIGITS
  const afterType = hash - TO_HASH.length
  const afterTs = text.lastIndexOf(TO_TYPE, afterType)
  const type = TYPES.get(text.slice(afterTs + TO_TYPE.length, afterType))
  if (type === undefined || !holds(text, TO_HASH, afterType) || !text.endsWith(END)) return null
  const ts = startOfCount(text, afterTs)
  const afterSeq = ts - known.toTs.length
  if (ts === afterTs || afterTs - ts > MAX_TS_DIGITS || !holds(text, known.toTs, afterSeq)) return null
  const seq = startOfCount(text, afterSeq)
  const afterPrevHash = seq - known.toSeq.length
  const afterObservables = afterPrevHash - 64 - known.toPrevHash.length
  if (!holds(text, known.toSeq, afterPrevHash) || !holds(text, known.toPrevHash, afterObservables)) return null
  const afterElapsed = text.lastIndexOf(known.toObservables, afterObservables - 1)
  const elapsed = startOfCount(text, afterElapsed)
  const afterBody = elapsed - known.toElapsed.length
  if (afterBody < BODY.length || !holds(text, known.toElapsed, afterBody) || !text.startsWith(BODY)) return null
  return {
    body: text.slice(BODY.length, afterBody),
    elapsedUs: countIn(text, elapsed, afterElapsed),
    observables: text.slice(afterElapsed + known.toObservables.length, afterObservables),
    prevHash: text.slice(afterPrevHash - 64, afterPrevHash),
    seq: countIn(text, seq, afterSeq),
    ts: text.slice(ts, afterTs),
    type,
    hash: text.slice(hash, -END.length),
  }
}

// `startsWith` compares a character at a time, which takes ten times as long.
function holds(text: string, piece: string, at: number): boolean {
  return at >= 0 && text.slice(at, at + piece.length) === piece
}

function isInRange({ seq, elapsedUs, prevHash }: Parts): boolean {
  return seq <= MAX_SEQ && elapsedUs <= Number.MAX_SAFE_INTEGER && SHA256.test(prevHash)
}

/** Where the digits begin that end at `end`. */
function startOfCount(text: string, end: number): number {
  let at = end
  while (at > 0 && isDigit(text.charCodeAt(at - 1))) at -= 1
  return at
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** NaN for what is no count in its one form. */
function countIn(text: string, start: number, end: number): number {
  const length = end - start
  const isInOneForm = length > 0 && length <= 16 && (length === 1 || text.charCodeAt(start) !== 48)
  return isInOneForm ? Number(text.slice(start, end)) : Number.NaN
}

function bodyOf({ body, type }: Parts): object | null {
  const json = parsed(body)
  if (json === undefined || !isCanonicalMember(body, json)) return null
  return bodies[type].safeParse(json).data ?? null
}

function observablesOf(text: string): KnownEvent['observables'] | null {
  const json = parsed(text)
  if (json === undefined || !isCanonicalMember(text, json)) return null
  return Observables.safeParse(json).data ?? null
}

const Observables = KnownEvent.options[0].shape.observables

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
