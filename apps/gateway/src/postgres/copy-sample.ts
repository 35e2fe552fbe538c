import { type Bytes, encodeBytes } from '@hoptrace/events'
import { jsonSize } from './budget.ts'

/** Base64 of this many bytes takes 256 KiB. */
const SAMPLE_LIMIT = 192 * 1024

/** Counts what a COPY carries in one direction, and keeps its first bytes. */
export class CopySample {
  bytes = 0
  chunks = 0
  private readonly pieces: Buffer[] = []
  private kept = 0

  /** Bytes of the next CopyData that the sample has room for. */
  get wanted(): number {
    return SAMPLE_LIMIT - this.kept
  }

  add(bytes: Buffer, start: number, end: number, length: number): void {
    this.bytes += length
    this.chunks += 1
    const taken = Math.min(end - start, this.wanted)
    if (taken === 0) return
    this.pieces.push(Buffer.from(bytes.subarray(start, start + taken)))
    this.kept += taken
    // Many small pieces cost more than their bytes.
    if (this.pieces.length >= 512) this.pieces.splice(0, this.pieces.length, Buffer.concat(this.pieces))
  }

  sample(): { sample: Bytes; text: string; truncated?: { kept: number; total: number } } {
    const bytes = Buffer.concat(this.pieces)
    const text = bytes.toString('utf8')
    const encoded = encodeBytes(bytes)
    // Text that is mostly escapes takes less room as base64.
    const sample = 'utf8' in encoded && jsonSize(encoded.utf8) > 256 * 1024 ? { base64: bytes.toString('base64') } : encoded
    return { sample, text, ...(this.kept < this.bytes ? { truncated: { kept: this.kept, total: this.bytes } } : {}) }
  }
}
