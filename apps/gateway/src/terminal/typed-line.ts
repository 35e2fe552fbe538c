import { KeySequence } from './key-sequence.ts'

/** A line longer than this is scanned up to here. */
const MAX_LINE_BYTES = 8192

export type FinishedLine = {
  text: string
  isSecret: boolean
  isWithinOneInput: boolean
  /** In bytes of the input that finished it, where it is within that one. */
  offset: number
  /** Do the keys alone tell it? Those that complete a word, recall a line or move in it bring or change what was not typed. */
  isCertain: boolean
  /** What was begun before it had been given up: ^C, ^D. */
  isAfterInterrupt: boolean
}

/** Gathers the line that is being typed, with the simplest editing keys: what a reader of the keys would say was entered. */
export class TypedLine {
  private bytes: number[] = []
  private isSecret = false
  private isContinued = false
  private isCertain = true
  private isAfterInterrupt = false
  private hasKeys = false
  private readonly keys = new KeySequence()

  /** Has nothing been typed since the last line? */
  get isAtStart(): boolean {
    return !this.hasKeys
  }

  /** @returns the lines that this input finished; offsets count bytes in it */
  take(input: Buffer, isEchoed: boolean): FinishedLine[] {
    const lines: FinishedLine[] = []
    let start = 0
    for (let at = 0; at < input.length; at += 1) {
      const byte = input[at] ?? 0
      if (!isEchoed) this.isSecret = true
      const kind = this.keys.take(byte)
      this.hasKeys = true
      if (kind === 'moves') this.isCertain = false
      if (kind !== 'key') continue
      if (!isEnter(byte)) this.edit(byte)
      else if (this.keys.isPasting) this.push(0x0a)
      else {
        lines.push(this.finished(start))
        this.reset()
        start = at + 1
      }
    }
    this.isContinued = start < input.length || (this.isContinued && start === 0)
    return lines.filter((line) => line.text !== '' || !line.isCertain)
  }

  private finished(offset: number): FinishedLine {
    const { isSecret, isCertain, isAfterInterrupt } = this
    const text = Buffer.from(this.bytes).toString('utf8')
    return { text, isSecret, isWithinOneInput: !this.isContinued, offset, isCertain, isAfterInterrupt }
  }

  private edit(byte: number): void {
    if (this.keys.isPasting && byte === 0x09) this.push(byte)
    else if (byte === 0x7f || byte === 0x08) this.eraseCharacter()
    else if (byte === 0x17) this.eraseWord()
    else if (byte === 0x15) this.bytes = []
    else if (byte === 0x03 || (byte === 0x04 && this.bytes.length === 0)) this.interrupt()
    else if (byte >= 0x20) this.push(byte)
    // ^L draws anew, ^D at a line's end does nothing, NUL is padding; the others move, recall, complete or transpose.
    else if (byte !== 0x0c && byte !== 0x04 && byte !== 0) this.isCertain = false
  }

  private push(byte: number): void {
    if (this.bytes.length < MAX_LINE_BYTES) this.bytes.push(byte)
  }

  private eraseCharacter(): void {
    while (isContinuation(this.bytes.at(-1))) this.bytes.pop()
    this.bytes.pop()
  }

  // Walked from the end: this key may come as often as anyone likes.
  private eraseWord(): void {
    while (this.bytes.at(-1) === 0x20) this.bytes.pop()
    while (this.bytes.length > 0 && this.bytes.at(-1) !== 0x20) this.bytes.pop()
  }

  private interrupt(): void {
    this.reset()
    this.isAfterInterrupt = true
  }

  private reset(): void {
    this.bytes = []
    this.isSecret = false
    this.isContinued = false
    this.isCertain = true
    this.isAfterInterrupt = false
    this.hasKeys = false
  }
}

function isEnter(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
