import { quietBodies } from './quiet-bodies.ts'
import { SAMPLE_BYTES } from './recorded-body.ts'

/** The beginning of a body: gathered until its end, or 64 KiB of it, or until nothing came for 100 ms unless all of it is waited for. */
export class BodyPrefix {
  private readonly pieces: Buffer[] = []
  private isSettled = false
  bytes = 0

  constructor(
    private readonly onSettled: () => void,
    private readonly isForAll = false,
  ) {}

  /** Starts to wait anew. */
  start(): void {
    if (!this.isSettled && !this.isForAll) quietBodies.watch(this)
  }

  add(chunk: Buffer): void {
    this.pieces.push(chunk)
    this.bytes += chunk.length
    if (this.isSettled) return
    if (this.bytes >= SAMPLE_BYTES) this.settle()
    else this.start()
  }

  /** The body ended, or nothing more is waited for. */
  settle(): void {
    if (this.isSettled) return
    this.isSettled = true
    quietBodies.forget(this)
    this.onSettled()
  }

  /** Waits no more, and tells nobody. */
  cancel(): void {
    this.isSettled = true
    quietBodies.forget(this)
  }

  /** All that came, and lets go of it. */
  take(): Buffer {
    const all = this.all()
    this.pieces.length = 0
    this.bytes = 0
    return all
  }

  all(): Buffer {
    const [only] = this.pieces
    return this.pieces.length === 1 && only ? only : Buffer.concat(this.pieces)
  }
}
