import { isUnfinished } from '@hoptrace/shell'
import { readerAt } from './prompt.ts'

/** A command that goes on longer is read as far as it came. */
const MAX_UNITS = 16 * 1024
const MAX_LINES = 256
/** psql, mysql and others hand what follows to a shell. */
const SHELL_ESCAPE = /^\s{0,64}(?:\\!|!|system\s|\.shell\s|\.system\s)\s{0,64}(\S.*)$/s

/** Joins the lines that a shell reads into commands: those inside a quote or a here-document are parts of one. */
export class CommandLines {
  private begun = ''
  private lines = 0

  /**
   * @param prompt that the line was typed at, as it looked; null where it was typed ahead, or piped
   * @param isAfterInterrupt what was begun had been given up
   * @returns the commands that are complete with it
   */
  take(line: string, prompt: string | null, isAfterInterrupt = false): string[] {
    if (isAfterInterrupt) this.forget()
    const reader = readerAt(prompt)
    if (reader === 'other') return [...this.flush(), ...escaped(line)]
    // A shell that asks for a command has done with the one before, whatever its quotes look like here.
    const before = reader === 'shell' ? this.flush() : []
    this.begun = this.lines === 0 ? line : `${this.begun}\n${line}`
    this.lines += 1
    const isGoingOn = this.begun.length <= MAX_UNITS && this.lines < MAX_LINES && isUnfinished(this.begun)
    return isGoingOn ? before : [...before, ...this.flush()]
  }

  /** What was begun, as it stands: no more lines come. */
  flush(): string[] {
    const { begun, lines } = this
    this.forget()
    return lines === 0 ? [] : [begun]
  }

  private forget(): void {
    this.begun = ''
    this.lines = 0
  }
}

function escaped(line: string): string[] {
  const command = SHELL_ESCAPE.exec(line)?.[1]
  return command === undefined ? [] : [command]
}
