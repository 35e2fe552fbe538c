import { crc32 } from 'node:zlib'
import { RECORD_HEADER_BYTES } from '@hoptrace/bus'

const CHUNK_BYTES = 256 * 1024

/** The records of one turn of the event loop, encoded side by side for one write. Turns share chunks: a turn is often one record. */
export class Group {
  private chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
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

  private moveOn(bytes: number): void {
    const pending = this.chunk.subarray(this.start, this.end)
    const wanted = pending.length + bytes
    this.chunk = Buffer.allocUnsafeSlow(wanted > CHUNK_BYTES ? 2 * wanted : CHUNK_BYTES)
    pending.copy(this.chunk)
    this.start = 0
    this.end = pending.length
  }
}
