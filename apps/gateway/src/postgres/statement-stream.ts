import { createHash } from 'node:crypto'
import { FirstKeyword } from '@hoptrace/sql'
import { wholeCharacters } from './budget.ts'
import { readStatement, readTail, type StatementText } from './statement-text.ts'

/** Bytes of a text that are read as its start. */
export const HEAD_BYTES = 256 * 1024
const TAIL_BYTES = 32 * 1024
const PIECE_BYTES = 64 * 1024

/**
 * Reads a statement's text as it comes, in bounded memory: its start, its last bytes, its first keyword and its digest. What lies between
 * start and tail is given away in pieces of 64 KiB, the same ones however the text came.
 */
export class StatementStream {
  private readonly head: Buffer
  private headLength = 0
  /** The start, once there is more than it. */
  private start: StatementText | null = null
  private startBytes = 0
  private window = Buffer.alloc(0)
  private windowLength = 0
  private total = 0
  private readonly hash = createHash('sha256')
  private readonly keyword = new FirstKeyword()

  /** @param onPiece hears of the bytes between start and tail; they are valid only during the call */
  constructor(
    expected: number,
    private readonly onPiece: (piece: Buffer) => void,
  ) {
    this.head = Buffer.allocUnsafe(Math.min(expected, HEAD_BYTES))
  }

  get bytes(): number {
    return this.total
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.hash.update(bytes.subarray(start, end))
    this.keyword.take(bytes, start, end)
    this.total += end - start
    const taken = Math.min(end - start, this.head.length - this.headLength)
    bytes.copy(this.head, this.headLength, start, start + taken)
    this.headLength += taken
    if (start + taken === end) return
    if (this.start === null) this.settle(this.headLength + 1)
    this.pass(bytes, start + taken, end)
  }

  /** The text, of which `announced` bytes were to come. */
  finish(announced = this.total): StatementText {
    const isWhole = this.total === announced
    const start = this.start ?? this.settle(announced)
    if (this.windowLength === 0) return start
    const from = this.tailStart()
    if (from > 0) this.onPiece(this.window.subarray(0, from))
    const tailBytes = this.windowLength - from
    return {
      ...start,
      truncated: { kept: this.startBytes + tailBytes, total: announced },
      cut: {
        keyword: this.keyword.keyword,
        tail: {
          ...(isWhole ? { sha256: this.hash.digest('hex') } : {}),
          tailFrom: this.total - tailBytes,
          ...readTail(this.window.subarray(from, this.windowLength)),
        },
      },
    }
  }

  // What the event has no room for of the start is the first of what comes after it.
  private settle(total: number): StatementText {
    this.start = readStatement(this.head, 0, this.headLength, total)
    this.startBytes = this.start.truncated?.kept ?? this.headLength
    this.pass(this.head, this.startBytes, this.headLength)
    return this.start
  }

  private pass(bytes: Buffer, start: number, end: number): void {
    if (start < end && this.window.length === 0) this.window = Buffer.allocUnsafe(TAIL_BYTES + PIECE_BYTES)
    for (let at = start; at < end; ) {
      const taken = Math.min(end - at, this.window.length - this.windowLength)
      bytes.copy(this.window, this.windowLength, at, at + taken)
      this.windowLength += taken
      at += taken
      if (this.windowLength === this.window.length) this.giveAway()
    }
  }

  private giveAway(): void {
    const end = wholeCharacters(this.window, 0, PIECE_BYTES)
    this.onPiece(this.window.subarray(0, end))
    this.window.copyWithin(0, end, this.windowLength)
    this.windowLength -= end
  }

  /** Where the tail begins: at a character's first byte, if the text is UTF-8. */
  private tailStart(): number {
    let at = Math.max(0, this.windowLength - TAIL_BYTES)
    if (at === 0) return 0
    for (let moved = 0; moved < 3 && ((this.window[at] as number) & 0xc0) === 0x80; moved += 1) at += 1
    return at
  }
}
