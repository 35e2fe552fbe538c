import { encodeBytes, type IsSecret, type JsonContext, Observer } from '@hoptrace/events'
import { type AnswerTap, type EventLog, observeSecret } from '../http/index.ts'
import { redacted } from './redaction.ts'
import { failure } from './status.ts'

/** Of one watch so much is recorded, its first events. */
const RECORDED_BYTES = 64 * 1024
/** Of one event. */
const EVENT_BYTES = 16 * 1024
const NEWLINE = 0x0a
const BOOKMARK = '{"type":"BOOKMARK"'

export type WatchContext = { log: EventLog; request: number; isSecret: IsSecret | null; about: JsonContext }

/** Counts the events of a watch (one JSON document a line), and records the first of them, without secrets. Constant in memory. */
export class WatchTap implements AnswerTap {
  messages = 0
  private left = RECORDED_BYTES
  private parts: Buffer[] = []
  private held = 0
  /** Bytes of the line so far. */
  private total = 0

  constructor(private readonly context: WatchContext) {}

  feed(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.hold(chunk.subarray(start, end))
      this.finishLine()
      start = end + 1
    }
    this.hold(chunk.subarray(start))
  }

  end(): void {
    // What the end cut off is no event that the caller could read, but it was sent.
    if (this.total > 0) this.finishLine()
  }

  // As the API server ends a watch that cannot go on.
  lastWord(message: string): Buffer | null {
    if (this.total > 0) return null
    return Buffer.from(`${JSON.stringify({ type: 'ERROR', object: failure(403, 'stopped', message) })}\n`)
  }

  private hold(bytes: Buffer): void {
    this.total += bytes.length
    const room = Math.min(EVENT_BYTES, this.left) - this.held
    if (room <= 0 || bytes.length === 0) return
    const kept = Buffer.from(bytes.subarray(0, room))
    this.parts.push(kept)
    this.held += kept.length
  }

  private finishLine(): void {
    const { total } = this
    const kept = Buffer.concat(this.parts)
    this.parts = []
    this.held = 0
    this.total = 0
    if (total === 0) return
    this.messages += 1
    if (kept.length > 0) this.record(kept, total)
  }

  private record(kept: Buffer, total: number): void {
    const text = kept.toString('utf8')
    if (text.startsWith(BOOKMARK)) return
    this.left -= kept.length
    const { log, request, isSecret, about } = this.context
    const read = redacted(text, isSecret)
    const shown = read?.text ?? text
    const observer = new Observer(log.digestKey)
    for (const secret of read?.secrets ?? []) observeSecret(observer, secret, 'answered')
    observer.json(shown, 'answered', '/data/utf8', about)
    const truncated = total > kept.length ? { truncated: { kept: kept.length, total } } : {}
    const data = encodeBytes(Buffer.from(shown, 'utf8'))
    log.append('http.message', { request, direction: 'toCaller', kind: 'event', data, ...truncated }, observer.result())
  }
}
