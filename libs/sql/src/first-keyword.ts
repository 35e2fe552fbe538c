/** No keyword takes as many bytes. */
const WORD_BYTES = 128
const WORD_UNITS = 32

/**
 * The first keyword of a text that comes in pieces, as `statementKind` finds it in a whole one, except that `WITH` stays `WITH`.
 * Space, comments, brackets and semicolons before it are passed over, however long they are; what is held does not grow with them.
 */
export class FirstKeyword {
  private state: 'space' | 'line' | 'block' | 'word' | 'done' = 'space'
  private depth = 0
  /** The mark before this one, when the two may open or close a comment. */
  private pending = 0
  private isLiteral = false
  private readonly word: number[] = []

  /** Reads UTF-8 in `bytes[start, end)`. */
  take(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end && this.state !== 'done'; at += 1) this.step(bytes[at] as number)
  }

  /** In upper case; empty when the text does not begin with a keyword. */
  get keyword(): string {
    const text = Buffer.from(this.word).toString('utf8')
    return this.isLiteral || text.length > WORD_UNITS ? '' : text.toUpperCase()
  }

  private step(byte: number): void {
    if (this.state === 'space') this.inSpace(byte)
    else if (this.state === 'block') this.inBlock(byte)
    else if (this.state === 'word') this.inWord(byte)
    else if (byte === 10 || byte === 13) this.state = 'space'
  }

  private inSpace(byte: number): void {
    if (this.pending !== 0) this.openComment(byte)
    else if (byte === 45 || byte === 47) this.pending = byte
    else if (isWordStart(byte)) {
      this.state = 'word'
      this.word.push(byte)
    } else if (byte > 32 && byte !== 40 && byte !== 59) this.state = 'done'
  }

  private openComment(byte: number): void {
    if (this.pending === 45 && byte === 45) this.state = 'line'
    else if (this.pending === 47 && byte === 42) {
      this.state = 'block'
      this.depth = 1
    } else this.state = 'done'
    this.pending = 0
  }

  // Block comments nest.
  private inBlock(byte: number): void {
    const opens = this.pending === 47 && byte === 42
    const closes = this.pending === 42 && byte === 47
    this.pending = opens || closes ? 0 : byte
    if (opens) this.depth += 1
    else if (closes) this.depth -= 1
    if (this.depth > 0) return
    this.pending = 0
    this.state = 'space'
  }

  private inWord(byte: number): void {
    if (!isWordStart(byte) && !isDigit(byte) && byte !== 36) {
      this.isLiteral = this.word.length === 1 && isPrefix(this.word[0] as number, byte)
      this.state = 'done'
    } else if (this.word.length < WORD_BYTES) this.word.push(byte)
  }
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57
const isWordStart = (byte: number): boolean => (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95 || byte >= 128

// E'…', B'…', X'…', N'…', U&'…'
function isPrefix(letter: number, mark: number): boolean {
  const folded = letter | 32
  if (mark === 38) return folded === 117
  return mark === 39 && (folded === 101 || folded === 98 || folded === 120 || folded === 110)
}
