/** A row as JSON without a line feed, as JSON.stringify makes it, in pieces of text and of UTF-8. */
export type RowPieces = readonly (string | Buffer)[]

/** Where a row stands among the rows of its batch: from which byte up to which. */
export type Span = { start: number; end: number }

const LEAST_BYTES = 64 * 1024
/** UTF-8 takes at most so many bytes a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3

/**
 * The rows of one batch, a line of JSON each, in the form in which they are inserted. They stand outside of the heap:
 * text that lives through a batch is copied again and again by the collector.
 */
export class RowLines {
  private bytes: Buffer
  private end = 0

  /** @param expectedBytes about how many there will be: growing means copying */
  constructor(expectedBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, Math.ceil(expectedBytes)))
  }

  add(row: RowPieces): Span {
    return this.addAll([row])
  }

  addAll(rows: readonly RowPieces[]): Span {
    const start = this.end
    for (const row of rows) {
      for (const piece of row) this.write(piece)
      this.write(LINE_FEED)
    }
    return { start, end: this.end }
  }

  /** Rows that were added one after another, from the first to the last of these. */
  between(first: Span | undefined, last: Span | undefined): Buffer {
    return this.bytes.subarray(first?.start ?? 0, last?.end ?? 0)
  }

  private write(piece: string | Buffer): void {
    const isText = typeof piece === 'string'
    this.reserve(isText ? piece.length * MOST_BYTES_A_UNIT : piece.length)
    this.end += isText ? this.bytes.write(piece, this.end) : piece.copy(this.bytes, this.end)
  }

  private reserve(more: number): void {
    if (this.end + more <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.end + more))
    this.bytes.copy(grown, 0, 0, this.end)
    this.bytes = grown
  }
}

const LINE_FEED = '\n'
