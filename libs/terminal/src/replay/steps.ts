import type { Recorded } from '../recorded.ts'
import { programIn } from '../text/program.ts'
import { pieces, Utf8Stream } from '../utf8.ts'
import { clampedSize, DEFAULT_SIZE, type Size } from './screen.ts'

/** What the player is given of one event, if anything. `seq` is the event's; `atUs` never goes back. */
export type Step = { seq: number; atUs: number } & (
  | { code: 'o' | 'i' | 'm'; text: string }
  | ({ code: 'r' } & Size)
  /** Nothing to draw: it only tells that the session was still going on. */
  | { code: 'none' }
)

export type StepOptions = {
  /** Which SSH channel; without it the first that has a terminal or output. */
  channel?: number | undefined
  /** Should input that was typed without echo (passwords) be shown? */
  withHiddenInput?: boolean | undefined
}

/** What is known at one moment of a recording, so that another reader can go on from there. */
export type StepState = Size & { channel: number | undefined; hasTerminal: boolean; marks: number; resizedCells: number; atUs: number }

const MAX_LABEL = 256
/** The player holds every mark of a recording at once. */
const MAX_MARKS = 10_000
/** Every resize moves all cells: beyond this many in a recording its sizes are followed no more. */
const MAX_RESIZED_CELLS = 1_000_000_000

/** Turns one channel's events into what the player plays: text, sizes within bounds, marks. */
export class Steps {
  private readonly text = { stdout: new Utf8Stream(), stderr: new Utf8Stream(), stdin: new Utf8Stream() }
  private now: StepState

  constructor(
    private readonly options: StepOptions = {},
    from?: StepState,
  ) {
    this.now = from ? { ...from } : { ...DEFAULT_SIZE, channel: options.channel, hasTerminal: true, marks: 0, resizedCells: 0, atUs: 0 }
  }

  get state(): StepState {
    return { ...this.now }
  }

  /** False while a character is half read: its other half would be lost to whoever begins here. */
  get isWhole(): boolean {
    return this.text.stdout.isWhole && this.text.stderr.isWhole && this.text.stdin.isWhole
  }

  next(event: Recorded): Step {
    this.now.atUs = Math.max(this.now.atUs, event.elapsedUs)
    const step = this.isOurs(event) ? this.stepOf(event) : null
    return { seq: event.seq, atUs: this.now.atUs, ...(step ?? { code: 'none' }) }
  }

  private isOurs(event: Recorded): boolean {
    const begun = programIn(event)
    if (begun === null && !event.type.startsWith('terminal.')) return false
    const { channel } = event.body as { channel: number }
    // A command without a terminal may be followed by a shell that has one: only its output decides.
    const decides = begun === null || begun.hasTerminal
    if (this.now.channel === undefined && decides) this.now.channel = channel
    return channel === (this.now.channel ?? channel)
  }

  private stepOf(event: Recorded) {
    switch (event.type) {
      case 'ssh.exec':
        this.now.hasTerminal = event.body.pty !== null
        return event.body.pty === null ? null : this.resized(event.body.pty)
      case 'kubernetes.exec':
        this.now.hasTerminal = event.body.tty
        return null
      case 'terminal.resize':
        return this.resized(event.body)
      case 'terminal.output':
        return { code: 'o' as const, text: this.shown(this.text[event.body.stream].decodeRecorded(event.body.data)) }
      case 'terminal.input':
        if (!event.body.isEchoed && !this.options.withHiddenInput) return null
        return { code: 'i' as const, text: this.text.stdin.decodeRecorded(event.body.data) }
      case 'terminal.marker':
        this.now.marks += 1
        return this.now.marks > MAX_MARKS ? null : { code: 'm' as const, text: label(event.body.label) }
      default:
        return null
    }
  }

  private resized(asked: Size) {
    const { cols, rows } = clampedSize(asked, this.now)
    if (cols === this.now.cols && rows === this.now.rows) return null
    const resizedCells = this.now.resizedCells + cols * rows
    if (resizedCells > MAX_RESIZED_CELLS) return null
    this.now = { ...this.now, cols, rows, resizedCells }
    return { code: 'r' as const, cols, rows }
  }

  /** Terminals ignore DEL, where the player draws it; and without a terminal nothing returned the carriage. */
  private shown(text: string): string {
    const visible = text.includes('\x7f') ? text.replaceAll('\x7f', '') : text
    return this.now.hasTerminal ? visible : visible.replaceAll(/(?<!\r)\n/g, '\r\n')
  }
}

function label(text: string): string {
  const [first = ''] = pieces(text, MAX_LABEL)
  return first
}
