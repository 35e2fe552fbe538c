/** One event of a stream, as it stood there without its last blank line. `total`: its bytes; more than are kept where it was cut. */
export type StreamEvent = { bytes: Buffer; total: number }

/** Of a larger event the rest is counted. */
const MAX_KEPT = 64 * 1024
const CR = 13
const LF = 10

/**
 * Splits a stream of server-sent events (WHATWG HTML, 9.2) at its blank lines, whatever pieces it comes in: lines end with
 * CR, LF or both. Blocks that are comments alone (`: keep-alive`) are no events. Linear, and bounded in what it keeps.
 */
export class EventStreamReader {
  private kept: Buffer[] = []
  private keptBytes = 0
  private total = 0
  private lineLength = 0
  private isComment = false
  private hasField = false
  private isAfterCr = false

  constructor(private readonly onEvent: (event: StreamEvent) => void) {}

  feed(chunk: Buffer): void {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      const wasAfterCr = this.isAfterCr
      this.isAfterCr = byte === CR
      if (byte === LF && wasAfterCr) {
        // The second half of one line's end; that of a blank line belongs to nothing.
        if (this.total === 0 && at === start) start = at + 1
        continue
      }
      if (byte !== CR && byte !== LF) {
        if (this.lineLength === 0) this.isComment = byte === 0x3a
        this.lineLength += 1
        continue
      }
      const isBlank = this.lineLength === 0
      this.endLine()
      if (!isBlank) continue
      this.keep(chunk.subarray(start, at))
      this.dispatch()
      start = at + 1
    }
    this.keep(chunk.subarray(start))
  }

  private endLine(): void {
    if (this.lineLength > 0 && !this.isComment) this.hasField = true
    this.lineLength = 0
    this.isComment = false
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.total += piece.length
    const room = MAX_KEPT - this.keptBytes
    if (room <= 0) return
    const part = piece.length > room ? piece.subarray(0, room) : piece
    this.kept.push(part)
    this.keptBytes += part.length
  }

  private dispatch(): void {
    const { total, hasField } = this
    const bytes = Buffer.concat(this.kept)
    this.kept = []
    this.keptBytes = 0
    this.total = 0
    this.hasField = false
    if (hasField) this.onEvent({ bytes, total })
  }
}

export type EventFields = { event: string; data: string }

/** The fields of an event that say something: its type, and its data with the lines joined. */
export function fieldsOfEvent(text: string): EventFields {
  let event = 'message'
  const data: string[] = []
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') data.push(value)
    if (name === 'event') event = value
  }
  return { event, data: data.join('\n') }
}
