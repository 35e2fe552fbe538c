import { CommandLines } from './command-lines.ts'
import type { OnCommand } from './entered-commands.ts'

const MAX_LINE = 16 * 1024

/** The commands that are piped into a shell: what a script is that is read from its input. */
export class PipedCommands {
  private readonly lines = new CommandLines()
  private begun = ''
  private lastEvent = 0

  constructor(private readonly onCommand: OnCommand) {}

  /** @param event seq of the input that holds this text */
  take(text: string, event: number): void {
    const lines = `${this.begun}${text}`.split('\n')
    this.begun = (lines.pop() ?? '').slice(0, MAX_LINE)
    this.lastEvent = event
    for (const line of lines) this.say(this.lines.take(line, null))
  }

  end(): void {
    if (this.begun !== '') this.say(this.lines.take(this.begun, null))
    this.begun = ''
    this.say(this.lines.flush())
  }

  private say(commands: readonly string[]): void {
    for (const command of commands) this.onCommand(command, this.lastEvent)
  }
}
