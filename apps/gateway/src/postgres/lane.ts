import type { Socket } from 'node:net'

/** Above this many bytes between two sockets the first is not read; below the other it is again. */
const HIGH_BYTES = 1024 * 1024
const LOW_BYTES = 256 * 1024
/**
 * With more unanswered messages than this nothing more is asked, until as few as the other are left. An answer takes five bytes or more:
 * those of so many are more than a server keeps back (PostgreSQL sends at 8 KiB), so it sends some without being told to, and a Sync or
 * Flush that still waits with the caller is not waited for.
 */
const MANY_UNANSWERED = 256 * 1024
const FEW_UNANSWERED = 128 * 1024

/** One direction between two sockets, bounded: what waits for the recording and what waits for a slow reader count together. */
export class Lane {
  private held = 0
  private isBlocked = false
  private isCrowded = false

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

  /** Says how many of the messages that went this way are unanswered. */
  crowd(unanswered: number): void {
    if (!this.isCrowded && unanswered > MANY_UNANSWERED) {
      this.isCrowded = true
      this.from.pause()
    } else if (this.isCrowded && unanswered <= FEW_UNANSWERED) {
      this.isCrowded = false
      if (!this.isBlocked) this.from.resume()
    }
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
    if (!this.isCrowded) this.from.resume()
  }
}
