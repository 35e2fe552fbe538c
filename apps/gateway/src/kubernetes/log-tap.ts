import { isUtf8 } from 'node:buffer'
import { encodeBytes, Observer } from '@hoptrace/events'
import type { AnswerTap, EventLog } from '../http/index.ts'
import { piecesOf } from '../terminal/pieces.ts'

/** Of one log that is followed so much is recorded, its beginning. */
const RECORDED_BYTES = 64 * 1024
const NEWLINE = 0x0a

/** Counts the lines of a log that is followed, and records the first of them. Constant in memory. */
export class LogTap implements AnswerTap {
  messages = 0
  private left = RECORDED_BYTES

  constructor(
    private readonly log: EventLog,
    private readonly request: number,
  ) {}

  feed(chunk: Buffer): void {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.messages += 1
    const kept = chunk.subarray(0, this.left)
    this.left -= kept.length
    const pieces = piecesOf(kept)
    for (const [n, piece] of pieces.entries()) this.record(piece, n === pieces.length - 1 ? chunk.length - kept.length : 0)
  }

  end(): void {}

  private record(piece: Buffer, cutBytes: number): void {
    const at = isUtf8(piece) ? '/data/utf8' : ''
    const found = new Observer(this.log.digestKey).text(piece.toString('utf8'), 'answered', at).result()
    const truncated = cutBytes > 0 ? { truncated: { kept: piece.length, total: piece.length + cutBytes } } : {}
    const data = encodeBytes(piece)
    this.log.append('http.message', { request: this.request, direction: 'toCaller', kind: 'text', data, ...truncated }, found)
  }
}
