import type { RecordedOf } from '../recorded.ts'
import { clampedSize, DEFAULT_SIZE, type Size } from '../replay/screen.ts'
import { Utf8Stream } from '../utf8.ts'
import { LineReader } from './line-reader.ts'
import { type ShellMark, ShellMarks } from './shell-marks.ts'
import { TypedLine } from './typed-line.ts'

/** A line that a shell was given, when it was accepted; `ended` tells the status of the one before, where the shell says it. */
export type ShellNews = { typed: string; at: Where } | { ended: number | null }
type Where = { seq: number; elapsedUs: number }

/** Finds the commands of one shell in its output and input. OSC 133 is believed first, then bracketed paste, then the keys. */
export class ShellCommands {
  private readonly output = new Utf8Stream()
  private readonly input = new Utf8Stream()
  private readonly marks = new ShellMarks()
  private readonly keys = new TypedLine()
  private trust: 'keys' | 'paste' | 'semantic' = 'keys'
  private reading: { line: LineReader; hasPrompt: boolean } | null = null
  private isAlternate = false

  constructor(private size: Size = DEFAULT_SIZE) {}

  resize(size: Size): void {
    this.size = clampedSize(size, this.size)
  }

  onOutput(event: RecordedOf<'terminal.output'>): ShellNews[] {
    const marks = this.marks.feed(this.output.decodeRecorded(event.body.data))
    const news = marks.flatMap((mark) => this.onMark(mark, event))
    // Line editors draw the prompt in one go, and wait for a key.
    if (this.reading?.hasPrompt === false && !this.reading.line.isEmpty) this.endPrompt()
    return news
  }

  onInput(event: RecordedOf<'terminal.input'>): ShellNews[] {
    if (this.reading?.hasPrompt === false) this.endPrompt()
    // What is typed unseen is no command, and may be a password.
    if (!event.body.isEchoed) return []
    const lines = this.keys.feed(this.input.decodeRecorded(event.body.data))
    if (this.trust !== 'keys' || this.isAlternate) return []
    return lines.map((typed) => ({ typed, at: event }))
  }

  private onMark(mark: ShellMark, at: Where): ShellNews[] {
    if ('text' in mark) this.reading?.line.add(mark.text)
    else if ('alternate' in mark) this.isAlternate = mark.alternate
    else if ('paste' in mark) return this.onPaste(mark.paste, at)
    else return this.onSemantic(mark.semantic, mark.value, at)
    return []
  }

  private onPaste(isOn: boolean, at: Where): ShellNews[] {
    if (this.trust === 'semantic') return []
    this.trust = 'paste'
    if (!isOn) return this.finish(at)
    if (this.reading === null) this.reading = { line: new LineReader(), hasPrompt: false }
    return []
  }

  private onSemantic(mark: 'A' | 'B' | 'C' | 'D', value: string, at: Where): ShellNews[] {
    this.trust = 'semantic'
    if (mark === 'B') this.reading = { line: new LineReader(), hasPrompt: true }
    if (mark === 'C') return this.finish(at)
    if (mark === 'D') return [{ ended: statusOf(value) }]
    return []
  }

  private endPrompt(): void {
    if (this.reading === null) return
    this.reading.line.endPrompt(this.size)
    this.reading.hasPrompt = true
  }

  private finish(at: Where): ShellNews[] {
    const { reading } = this
    this.reading = null
    if (reading === null) return []
    const typed = reading.line.read(this.size)
    return typed === '' ? [] : [{ typed, at }]
  }
}

function statusOf(value: string): number | null {
  const [, digits] = /^;(\d{1,3})\b/.exec(value) ?? []
  return digits === undefined ? null : Number(digits)
}
