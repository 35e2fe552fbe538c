import { crc32 } from 'node:zlib'
import { RECORD_HEADER_BYTES } from '@hoptrace/bus'

const CHUNK_BYTES = 1024 * 1024
/** Chunks kept for the next turns: fresh memory costs a page fault every 4 KiB. */
const KEPT_CHUNKS = 8

/** The records of one turn of the event loop, encoded side by side for one write. Turns share chunks: a turn is often one record. */
export class Group {
  private chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  private readonly spare: Buffer[] = []
  private start = 0
  private end = 0

  get length(): number {
    return this.end - this.start
  }

  add(payload: Buffer): void {
    const bytes = RECORD_HEADER_BYTES + payload.length
    if (this.end + bytes > this.chunk.length) this.moveOn(bytes)
    this.chunk.writeUInt32LE(payload.length, this.end)
    this.chunk.writeUInt32LE(crc32(payload), this.end + 4)
    payload.copy(this.chunk, this.end + RECORD_HEADER_BYTES)
    this.end += bytes
  }

  /** The encoded records, which nobody will overwrite; the group is empty afterwards. */
  take(): Buffer {
    const taken = this.chunk.subarray(this.start, this.end)
    this.start = this.end
    return taken
  }

  /**
   * Takes back what `take` gave, in its order, once nobody needs it.
   * @param oldestInUse the oldest that is still needed: chunks from it on are not written again
   */
  giveBack(given: readonly Buffer[], oldestInUse: Buffer | undefined): void {
    let last: ArrayBufferLike | null = null
    for (const { buffer } of given) {
      if (buffer === last || buffer === this.chunk.buffer || buffer === oldestInUse?.buffer) continue
      last = buffer
      if (buffer.byteLength === CHUNK_BYTES && this.spare.length < KEPT_CHUNKS) this.spare.push(Buffer.from(buffer))
    }
  }

  private moveOn(bytes: number): void {
    const pending = this.chunk.subarray(this.start, this.end)
    const wanted = pending.length + bytes
    this.chunk = wanted > CHUNK_BYTES ? Buffer.allocUnsafeSlow(2 * wanted) : (this.spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES))
    pending.copy(this.chunk)
    this.start = 0
    this.end = pending.length
  }
}
