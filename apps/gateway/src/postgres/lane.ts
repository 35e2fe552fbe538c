import type { Socket } from 'node:net'

/** Above this many bytes between two sockets the first is not read; below the other it is again. */
const HIGH_BYTES = 1024 * 1024
const LOW_BYTES = 256 * 1024

/** One direction between two sockets, bounded: what waits for the recording and what waits for a slow reader count together. */
export class Lane {
  private held = 0
  private isBlocked = false

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    to.on('drain', () => this.ease())
  }

  /** Holds bytes back until `send` of them is called. */
  hold(bytes: number): void {
    this.held += bytes
    if (this.isBlocked || this.waiting <= HIGH_BYTES) return
    this.isBlocked = true
    this.from.pause()
  }

  send(chunk: Buffer): void {
    this.held -= chunk.length
    if (this.to.writable) this.to.write(chunk)
    if (this.isBlocked) this.ease()
  }

  private get waiting(): number {
    return this.held + this.to.writableLength
  }

  private ease(): void {
    if (!this.isBlocked || this.waiting > LOW_BYTES) return
    this.isBlocked = false
    this.from.resume()
  }
}
