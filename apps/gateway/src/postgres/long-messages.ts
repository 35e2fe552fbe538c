import type { MessageStream } from './frames.ts'
import { StatementStream } from './statement-stream.ts'
import type { StatementText } from './statement-text.ts'

const NAME_BYTES = 16 * 1024
const TYPES_BYTES = 2 + 4 * 65_535

/** A Query too long to be read at once. */
export class LongQuery implements MessageStream {
  private readonly text: StatementStream
  private left: number

  constructor(
    private readonly bodyLength: number,
    onPiece: (piece: Buffer) => void,
    private readonly onText: (statement: StatementText) => void,
  ) {
    this.text = new StatementStream(bodyLength, onPiece)
    this.left = bodyLength
  }

  // The body's last byte is the NUL that ends the text; anything else there belongs to the text.
  add(bytes: Buffer, start: number, end: number): void {
    this.left -= end - start
    const isEnded = this.left === 0 && bytes[end - 1] === 0
    this.text.add(bytes, start, isEnded ? end - 1 : end)
  }

  end(isWhole: boolean): void {
    if (this.text.bytes > 0) this.onText(this.text.finish(isWhole ? undefined : this.bodyLength - 1))
  }
}

export type LongParseParts = { name: Buffer; statement: StatementText; types: Buffer }

/** A Parse too long to be read at once: a name, a text, the types of its parameters. */
export class LongParse implements MessageStream {
  private readonly text: StatementStream
  private readonly name = new Start(NAME_BYTES)
  private readonly types = new Start(TYPES_BYTES)
  private nulsSeen = 0

  constructor(
    bodyLength: number,
    onPiece: (piece: Buffer) => void,
    private readonly onParse: (parts: LongParseParts) => void,
  ) {
    this.text = new StatementStream(bodyLength, onPiece)
  }

  add(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      const nul = this.nulsSeen < 2 ? bytes.subarray(at, end).indexOf(0) : -1
      const stop = nul < 0 ? end : at + nul
      const field = this.nulsSeen === 0 ? this.name : this.nulsSeen === 1 ? this.text : this.types
      field.add(bytes, at, stop)
      if (nul >= 0) this.nulsSeen += 1
      at = nul < 0 ? end : stop + 1
    }
  }

  // What never came whole is never run.
  end(isWhole: boolean): void {
    if (isWhole) this.onParse({ name: this.name.bytes(), statement: this.text.finish(), types: this.types.bytes() })
  }
}

/** The first bytes of a field. */
class Start {
  private readonly pieces: Buffer[] = []
  private length = 0

  constructor(private readonly limit: number) {}

  add(bytes: Buffer, start: number, end: number): void {
    const taken = Math.min(end - start, this.limit - this.length)
    if (taken === 0) return
    this.pieces.push(Buffer.from(bytes.subarray(start, start + taken)))
    this.length += taken
    // Many small pieces cost more than their bytes.
    if (this.pieces.length >= 512) this.pieces.splice(0, this.pieces.length, Buffer.concat(this.pieces))
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }
}
