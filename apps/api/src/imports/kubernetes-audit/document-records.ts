const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])

/** A record of a document, and the line that it begins in. */
export type DocumentRecord = { line: number; bytes: Buffer | null }

/**
 * Splits JSON that goes over many lines into its records: the objects that stand one after another, or the items of a list. Only one
 * record is held, of at most `maxBytes`; of a longer one there are no bytes.
 * Nesting alone is followed, and what each record says is left to who parses it.
 */
export class DocumentRecords {
  private depth = 0
  private inString = false
  private isEscaped = false
  private line = 1
  /** The level that records stand at, as soon as it is known. */
  private level = 0
  private record: { line: number; bytes: number[] | null } | null = null
  private head: number[] = []

  constructor(private readonly maxBytes: number) {}

  *take(chunk: Uint8Array): Generator<DocumentRecord> {
    for (const byte of chunk) {
      const record = this.read(byte)
      if (record) yield record
      if (byte === 0x0a) this.line += 1
    }
  }

  /** Where a record began that the text does not end; null where there is none. */
  get cutAt(): number | null {
    return this.record?.line ?? null
  }

  private read(byte: number): DocumentRecord | null {
    if (this.inString) return this.readString(byte)
    if (byte === QUOTE) this.inString = true
    else if (OPEN.has(byte)) this.open(byte)
    this.keep(byte)
    if (!this.inString && CLOSE.has(byte)) return this.close()
    return null
  }

  private readString(byte: number): null {
    this.keep(byte)
    if (this.isEscaped) this.isEscaped = false
    else if (byte === BACKSLASH) this.isEscaped = true
    else if (byte === QUOTE) this.inString = false
    return null
  }

  private open(byte: number): void {
    // `"items": [` in the outermost object, or an array outermost: what it holds are the records.
    const isList = byte === 0x5b && (this.depth === 0 || (this.depth === 1 && /"items"\s*:\s*$/.test(this.recent())))
    if (isList) {
      this.level = this.depth + 1
      this.record = null
    } else if (this.depth === this.level && byte === 0x7b) this.record = { line: this.line, bytes: [] }
    this.depth += 1
  }

  private close(): DocumentRecord | null {
    this.depth = Math.max(0, this.depth - 1)
    if (this.depth < this.level) this.level = 0
    if (this.record === null || this.depth !== this.level) return null
    const { line, bytes } = this.record
    this.record = null
    return { line, bytes: bytes && Buffer.from(bytes) }
  }

  private keep(byte: number): void {
    if (this.depth === 1) this.head.push(byte)
    if (this.head.length > 128) this.head = this.head.slice(-64)
    if (this.record === null || this.record.bytes === null) return
    if (this.record.bytes.length < this.maxBytes) this.record.bytes.push(byte)
    else this.record.bytes = null
  }

  private recent(): string {
    return Buffer.from(this.head).toString('latin1').trimEnd()
  }
}
