import { crc32 } from 'node:zlib'
import { RECORD_HEADER_BYTES } from '@hoptrace/bus'

const INITIAL_BYTES = 256 * 1024
const KEPT_BUFFERS = 8

/** The records of one turn of the event loop, encoded into one buffer for one write. Buffers are used again once durable. */
export class Group {
  private buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  private readonly free: Buffer[] = []
  length = 0

  add(payload: Buffer): void {
    const end = this.length + RECORD_HEADER_BYTES + payload.length
    if (end > this.buffer.length) this.grow(end)
    this.buffer.writeUInt32LE(payload.length, this.length)
    this.buffer.writeUInt32LE(crc32(payload), this.length + 4)
    payload.copy(this.buffer, this.length + RECORD_HEADER_BYTES)
    this.length = end
  }

  /** The encoded records; the group is empty afterwards. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length)
    this.buffer = this.free.pop() ?? Buffer.allocUnsafeSlow(INITIAL_BYTES)
    this.length = 0
    return taken
  }

  /** Gives buffers back that `take` handed out. */
  reuse(taken: readonly Buffer[]): void {
    for (const view of taken) {
      if (this.free.length >= KEPT_BUFFERS) return
      if (view.buffer.byteLength <= 4 * INITIAL_BYTES) this.free.push(Buffer.from(view.buffer))
    }
  }

  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}
