import { printable } from '@hoptrace/events'
import { SequenceTracker } from '../replay/sequence-tracker.ts'

const MAX_LINE = 64 * 1024
const TAB = 8

/**
 * A terminal's output as lines of text, for reading: escape sequences are left out, and a carriage return or a backspace goes
 * back over what it overwrites. What full-screen programs draw has no lines; it comes out in the order in which it was drawn.
 */
export class PlainLines {
  private readonly tracker = new SequenceTracker()
  private line: string[] = []
  private column = 0

  /** @returns the lines that this text finished, each at most 64 Ki characters, safe to print */
  feed(text: string): string[] {
    const finished: string[] = []
    for (const character of this.tracker.visible(text)) {
      if (character === '\n' || this.column >= MAX_LINE) finished.push(this.finish())
      if (character !== '\n') this.put(character)
    }
    return finished
  }

  /** The last line, if anything stands on it. */
  end(): string[] {
    return this.line.length === 0 ? [] : [this.finish()]
  }

  private put(character: string): void {
    if (character === '\r') this.column = 0
    else if (character === '\b') this.column = Math.max(0, this.column - 1)
    else if (character === '\t') this.column += TAB - (this.column % TAB)
    else if (character >= ' ' && character !== '\x7f') {
      while (this.line.length < this.column) this.line.push(' ')
      this.line[this.column] = character
      this.column += 1
    }
  }

  private finish(): string {
    const line = this.line.join('').trimEnd()
    this.line = []
    this.column = 0
    return printable(line)
  }
}
