import { createHash, type Hash, hash } from 'node:crypto'

/** Counts and digests a body that streams through. A body that comes in one piece is digested at one go, and at the end. */
export class BodyTally {
  bytes = 0
  private only: Buffer | null = null
  private digest: Hash | null = null

  add(chunk: Buffer): void {
    const isFirst = this.bytes === 0
    this.bytes += chunk.length
    if (isFirst) {
      this.only = chunk
      return
    }
    this.startDigest().update(chunk)
  }

  /** SHA-256 of all that came, in hex; null where nothing did. */
  sha256(): string | null {
    if (this.bytes === 0) return null
    if (this.only !== null) return hash('sha256', this.only, 'hex')
    return this.startDigest().copy().digest('hex')
  }

  private startDigest(): Hash {
    this.digest ??= createHash('sha256')
    if (this.only !== null) this.digest.update(this.only)
    this.only = null
    return this.digest
  }
}
