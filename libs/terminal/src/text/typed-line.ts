import { printable } from '@hoptrace/events'
import { SequenceTracker } from '../replay/sequence-tracker.ts'

const MAX_COMMAND = 4096

/**
 * The lines that were typed, from the keys alone: for shells that give no mark of where a line is edited.
 * Keys that bring something back which was not typed (history, completion) cannot be followed.
 */
export class TypedLine {
  private readonly tracker = new SequenceTracker()
  private line: string[] = []

  /** @returns the lines that were finished */
  feed(text: string): string[] {
    const finished: string[] = []
    for (const key of this.tracker.visible(text)) {
      if (key === '\r' || key === '\n') {
        finished.push(printable(this.line.join('').trim()))
        this.line = []
      } else this.edit(key)
    }
    return finished.filter((line) => line !== '')
  }

  private edit(key: string): void {
    if (key === '\x7f' || key === '\b') this.line.pop()
    else if (key === '\x15' || key === '\x03') this.line = []
    else if (key === '\x17') this.line.length = startOfLastWord(this.line)
    else if (key >= ' ' && this.line.length < MAX_COMMAND) this.line.push(key)
  }
}

// Walked from the end: this key may be recorded as often as anyone likes.
function startOfLastWord(line: readonly string[]): number {
  let start = line.length
  while (start > 0 && isSpace(line[start - 1])) start -= 1
  while (start > 0 && !isSpace(line[start - 1])) start -= 1
  return start
}

function isSpace(key: string | undefined): boolean {
  return key !== undefined && key.trim() === ''
}
