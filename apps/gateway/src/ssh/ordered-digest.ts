import { createHash } from 'node:crypto'

/** SHA-256 over bytes that come with their offsets; gives up its claim as soon as they leave the order of the file. */
export class OrderedDigest {
  private readonly hash = createHash('sha256')
  private next = 0n
  private isOrdered = true
  /** Bytes seen, in any order. */
  size = 0

  take(offset: bigint, bytes: Buffer): void {
    this.size += bytes.length
    if (offset !== this.next) this.isOrdered = false
    if (!this.isOrdered) return
    this.hash.update(bytes)
    this.next += BigInt(bytes.length)
  }

  /** Hex, or null when the bytes did not come in order from the first on. Call once. */
  digest(): string | null {
    return this.isOrdered ? this.hash.digest('hex') : null
  }
}
