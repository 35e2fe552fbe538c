import { printable } from '@hoptrace/events'
import { Screen, type Size } from '../replay/screen.ts'

const MAX_EDITING = 8 * 1024
const MAX_COMMAND = 4096
const ROWS = 24

/** Reads what a line editor drew, however it drew it, by drawing it again on a screen of its own. */
export class LineReader {
  private text = ''
  /** What stood there before the first key: the prompt. */
  private prompt = ''

  add(text: string): void {
    if (this.text.length < MAX_EDITING) this.text += text.slice(0, MAX_EDITING - this.text.length)
  }

  /** Everything so far is the prompt. */
  endPrompt(size: Size): void {
    this.prompt = this.drawn(size)
  }

  get isEmpty(): boolean {
    return this.text === ''
  }

  /** The command line, without its prompt. Empty when nothing was typed that could be seen. */
  read(size: Size): string {
    const drawn = this.drawn(size)
    const command = drawn.startsWith(this.prompt) ? drawn.slice(this.prompt.length) : drawn
    return printable(command.trim()).slice(0, MAX_COMMAND)
  }

  private drawn({ cols }: Size): string {
    const screen = new Screen({ cols, rows: ROWS })
    screen.write(this.text)
    screen.settle()
    const lines = screen.unwrapped()
    screen.dispose()
    return lines.join('\n').trimEnd()
  }
}
