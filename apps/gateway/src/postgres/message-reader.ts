/**
 * Reads the fields of one message's body between two offsets. Reading past the end answers zeros and empty strings and sets `isShort`:
 * what a hostile peer sends is never a reason to throw.
 */
export class MessageReader {
  isShort = false
  private bytes: Buffer = Buffer.alloc(0)
  private at = 0
  private end = 0

  reset(bytes: Buffer, start: number, end: number): this {
    this.bytes = bytes
    this.at = start
    this.end = end
    this.isShort = false
    return this
  }

  get position(): number {
    return this.at
  }

  get remaining(): number {
    return this.end - this.at
  }

  uint8(): number {
    return this.has(1) ? (this.bytes[this.at++] as number) : 0
  }

  int16(): number {
    if (!this.has(2)) return 0
    const value = this.bytes.readInt16BE(this.at)
    this.at += 2
    return value
  }

  uint16(): number {
    return this.int16() & 0xffff
  }

  int32(): number {
    if (!this.has(4)) return 0
    const value = this.bytes.readInt32BE(this.at)
    this.at += 4
    return value
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  skip(count: number): void {
    if (this.has(count)) this.at += count
  }

  /** Offsets of a NUL-terminated string, its NUL left out; to the end when there is none. */
  string(): [number, number] {
    const start = this.at
    const nul = start + this.bytes.subarray(start, this.end).indexOf(0)
    const isWhole = nul >= start
    if (!isWhole) this.isShort = true
    const end = isWhole ? nul : this.end
    this.at = isWhole ? nul + 1 : this.end
    return [start, end]
  }

  /** A NUL-terminated string as text, at most `limit` bytes of it. */
  text(limit: number): string {
    const [start, end] = this.string()
    return this.bytes.toString('utf8', start, Math.min(end, start + limit))
  }

  private has(count: number): boolean {
    if (this.end - this.at >= count && count >= 0) return true
    this.isShort = true
    this.at = this.end
    return false
  }
}
