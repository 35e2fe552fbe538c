import { AlternateScreen } from './alternate-screen.ts'
import { CommandLines } from './command-lines.ts'
import { ShownLine } from './shown-line.ts'
import type { FinishedLine } from './typed-line.ts'

/** A line that was entered, told by what is shown: its keys completed words, or recalled it. */
type Unread = { prompt: string; event: number }

/** Hears a command that was entered, and the seq of the input that ended it. */
export type OnCommand = (command: string, event: number) => void

/**
 * The commands that are entered at a terminal. Keys tell a line that was typed from its start to its end; of one that was recalled,
 * completed or moved in, the screen tells what the line editor made of it, once it answers Enter. What neither tells is left out:
 * what is typed unseen, what an editor or a pager reads, a line longer than a row that was recalled.
 */
export class EnteredCommands {
  private readonly shown = new ShownLine()
  private readonly screen = new AlternateScreen()
  private readonly lines = new CommandLines()
  private prompt: string | null = null
  private unread: Unread | null = null
  private lastEvent = 0

  constructor(private readonly onCommand: OnCommand) {}

  /** The first key of a line comes: what is shown now is its prompt. */
  begins(): void {
    this.prompt = this.unread === null ? this.shown.text : null
  }

  /** @param event seq of the input that ended these lines */
  entered(lines: readonly FinishedLine[], event: number): void {
    for (const [index, line] of lines.entries()) {
      const prompt = index === 0 ? this.prompt : null
      // Another line was entered before the one before it was shown: the screen no longer tells them apart.
      this.unread = null
      if (this.screen.isOn || line.isSecret) continue
      if (line.isCertain) this.command(line.text, prompt, line.isAfterInterrupt, event)
      else if (prompt !== null && prompt.trim() !== '' && index === lines.length - 1) this.unread = { prompt, event }
    }
  }

  shows(bytes: Buffer): void {
    const { unread } = this
    this.screen.shown(bytes)
    this.shown.feed(bytes, unread === null ? undefined : (line) => this.read(line, unread))
  }

  /** The terminal is closed: what was begun stands as it is. */
  end(): void {
    for (const command of this.lines.flush()) this.onCommand(command, this.lastEvent)
  }

  private read(line: string | null, { prompt, event }: Unread): void {
    this.unread = null
    if (line?.startsWith(prompt)) this.command(line.slice(prompt.length).trim(), prompt, false, event)
  }

  private command(line: string, prompt: string | null, isAfterInterrupt: boolean, event: number): void {
    this.lastEvent = event
    for (const command of this.lines.take(line, prompt, isAfterInterrupt)) this.onCommand(command, event)
  }
}
