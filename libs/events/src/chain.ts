import { hash as digest } from 'node:crypto'
import type { EventBody, EventType } from './bodies.ts'
import { isBulk } from './bytes.ts'
import { CanonicalFormError, canonicalJson } from './canonical-json.ts'
import { type EnvelopeText, envelopeText } from './envelope-text.ts'
import type { Observable } from './observable.ts'
import type { SessionEnvelope } from './session-event.ts'

/** `prevHash` of the first event of a session. */
export const GENESIS_HASH = '0'.repeat(64)
/** An encoded event is at most this many bytes; recorders cut their bodies so that it holds. */
export const MAX_EVENT_BYTES = 512 * 1024

/** `,"hash":"…"}` */
const HASH_MEMBER_BYTES = 75
// One event is encoded at a time, and copied before the next. UTF-8 takes at most three bytes a UTF-16 unit.
const scratch = Buffer.allocUnsafeSlow(3 * MAX_EVENT_BYTES) as Buffer & {
  utf8Write(text: string, offset: number): number
  latin1Write(text: string, offset: number): number
}

const OBSERVABLES = ',"observables":'
const EMPTY_BASE64 = '"base64":""'

export class EventTooLargeError extends Error {
  readonly code = 'EVENT_TOO_LARGE'
  readonly retryable = false
}

export type Moment = {
  /** Microseconds since the epoch. */
  wallUs: number | bigint
  /** Monotonic microseconds since the session began. */
  elapsedUs: number
}

/**
 * Numbers, chains and encodes the events of one session.
 * An encoded event is its canonical JSON (RFC 8785) with `hash` as one more, last member;
 * the hash is SHA-256 over that canonical JSON without it. The envelope's constant parts are rendered once.
 */
export class EventChain {
  private nextSeq = 0
  private prevHash = GENESIS_HASH
  private readonly fixed: EnvelopeText

  constructor(
    readonly envelope: SessionEnvelope,
    resume?: { seq: number; hash: string },
  ) {
    if (resume) {
      this.nextSeq = resume.seq + 1
      this.prevHash = resume.hash
    }
    this.fixed = envelopeText(envelope)
  }

  /** seq of the last event; -1 before the first. */
  get lastSeq(): number {
    return this.nextSeq - 1
  }

  /** Hash of the last event; GENESIS_HASH before the first. */
  get lastHash(): string {
    return this.prevHash
  }

  /**
   * Encodes the next event and advances the chain.
   * @param found null where nobody looked: the values are then digested when the event is taken in
   * @throws EventTooLargeError above MAX_EVENT_BYTES; the chain stays where it was
   */
  next<T extends EventType>(type: T, body: EventBody<T>, at: Moment, found?: FoundObservables | null): Buffer {
    return Buffer.from(this.nextInPlace(type, body, at, found))
  }

  /** The same for those who copy at once: these bytes stand until any chain encodes its next event. */
  nextInPlace<T extends EventType>(type: T, body: EventBody<T>, at: Moment, found: FoundObservables | null = NONE): Buffer {
    const f = this.fixed
    const { head, bulk, tail } = renderBody(body)
    const rest =
      `${f.toElapsed}${at.elapsedUs}${found === null ? f.toObservables.slice(0, -OBSERVABLES.length) : withObservables(f, found)}` +
      `${f.toPrevHash}${this.prevHash}` +
      `${f.toSeq}${this.nextSeq}${f.toTs}${at.wallUs}","type":"${type}","v":1}`
    const units = 8 + head.length + bulk.length + tail.length + rest.length
    if (units > MAX_EVENT_BYTES - HASH_MEMBER_BYTES) throw new EventTooLargeError(`${type} takes over ${units} bytes`)
    const length = tail === '' ? scratch.utf8Write(`{"body":${head}${rest}`, 0) : writeAround(`{"body":${head}`, bulk, tail + rest)
    const total = length - 1 + HASH_MEMBER_BYTES
    if (total > MAX_EVENT_BYTES) throw new EventTooLargeError(`${type} takes ${total} bytes`)
    const hash = digest('sha256', scratch.subarray(0, length))
    scratch.latin1Write(`,"hash":"${hash}"}`, length - 1)
    this.nextSeq += 1
    this.prevHash = hash
    return scratch.subarray(0, total)
  }
}

function withObservables({ toObservables }: EnvelopeText, { observables, truncated }: FoundObservables): string {
  const cut = truncated ? `,"observablesTruncated":${canonicalJson(truncated)}` : ''
  return `${toObservables}${observables.length === 0 ? '[]' : canonicalJson(observables)}${cut}`
}

type RenderedBody = { head: string; bulk: string; tail: string }

// Canonical JSON of a body; bulk in its `data` stands apart, since it needs no escaping.
function renderBody(body: object): RenderedBody {
  const data = 'data' in body ? body.data : undefined
  if (!isBulk(data)) return { head: canonicalJson(body), bulk: '', tail: '' }
  const around = canonicalJson({ ...body, data: { base64: '' } })
  const at = around.lastIndexOf(EMPTY_BASE64) + EMPTY_BASE64.length - 1
  return { head: around.slice(0, at), bulk: data.base64, tail: around.slice(at) }
}

function writeAround(before: string, bulk: string, after: string): number {
  const start = scratch.utf8Write(before, 0)
  const end = start + scratch.latin1Write(bulk, start)
  return end + scratch.utf8Write(after, end)
}

export type FoundObservables = { observables: readonly Observable[]; truncated?: { kept: number; total: number } | undefined }
const NONE: FoundObservables = { observables: [] }

/** The hash of an event's canonical content. Members unknown to this version count, so that a field added tomorrow keeps its proof. */
export function hashOf(content: string): string {
  return digest('sha256', content)
}

/** The canonical content that an event's hash is of: everything but the hash. Null when it has no canonical form. */
export function contentOf(json: object): string | null {
  const { hash: _, ...content } = json as { hash?: unknown }
  try {
    return canonicalJson(content)
  } catch (error) {
    if (error instanceof CanonicalFormError) return null
    throw error
  }
}
