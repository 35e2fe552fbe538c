import type { Duplex } from 'node:stream'
import { HIGH_BYTES, LOW_BYTES } from './limits.ts'

/** One direction between two connections, bounded: what waits for the recording and what waits for a slow reader count together. */
export class Passage {
  private held = 0
  private isBlocked = false

  constructor(
    private readonly from: Duplex,
    private readonly to: Duplex,
  ) {
    to.on('drain', () => this.ease())
  }

  /** Has all gone out that was to? */
  get isEmpty(): boolean {
    return this.held === 0
  }

  /** Holds bytes back until they are sent. */
  hold(chunk: Buffer): void {
    this.held += chunk.length
    if (this.isBlocked || this.held + this.to.writableLength <= HIGH_BYTES) return
    this.isBlocked = true
    this.from.pause()
  }

  send(chunk: Buffer): void {
    this.held -= chunk.length
    if (this.to.writable) this.to.write(chunk)
    this.ease()
  }

  private ease(): void {
    if (!this.isBlocked || this.held + this.to.writableLength > LOW_BYTES) return
    this.isBlocked = false
    this.from.resume()
  }
}
