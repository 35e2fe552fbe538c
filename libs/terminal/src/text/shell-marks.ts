/**
 * What tells in a shell's output where a command line is edited, without any set-up at the target:
 * line editors switch bracketed paste on to read a line and off when it is accepted; shells with integration say it in OSC 133
 * (A prompt, B command line, C output, D end with the exit status).
 */
export type ShellMark = { text: string } | { paste: boolean } | { alternate: boolean } | { semantic: 'A' | 'B' | 'C' | 'D'; value: string }

const MARK = /\x1b\[\?(2004|1049|1047|47)([hl])|\x1b\]133;([ABCD])([^\x07\x1b]{0,64})(?:\x07|\x1b\\)/g
/** Longer than any of them: what begins like a mark and grows past this is none. */
const MAX_MARK = 80

/** Finds the marks in text that arrives in pieces, and gives them with the text between them. */
export class ShellMarks {
  private held = ''

  feed(text: string): ShellMark[] {
    const all = this.held + text
    const end = unfinishedFrom(all)
    this.held = all.slice(end)
    const marks: ShellMark[] = []
    let from = 0
    for (const match of all.slice(0, end).matchAll(MARK)) {
      if (match.index > from) marks.push({ text: all.slice(from, match.index) })
      marks.push(markOf(match))
      from = match.index + match[0].length
    }
    if (end > from) marks.push({ text: all.slice(from, end) })
    return marks
  }
}

function markOf([, mode, set, semantic, value = '']: RegExpExecArray): ShellMark {
  if (mode === '2004') return { paste: set === 'h' }
  if (mode !== undefined) return { alternate: set === 'h' }
  return { semantic: semantic as 'A' | 'B' | 'C' | 'D', value }
}

const UNFINISHED = /\x1b(?:\[(?:\?\d{0,4})?|\](?:1(?:3(?:3(?:;[^\x07\x1b]{0,64}\x1b?)?)?)?)?)?$/

/** Where a mark could begin that is not complete yet. */
function unfinishedFrom(text: string): number {
  const tail = Math.max(0, text.length - MAX_MARK)
  const found = UNFINISHED.exec(text.slice(tail))
  return found === null ? text.length : tail + found.index
}
