import xterm, { type IBuffer, type Terminal } from '@xterm/headless'
import { behaveAsThePlayer, DEFAULT_SAVED, type SavedModes } from './as-the-player.ts'
import { type InternalBuffer, type Internals, internalsOf } from './xterm-internals.ts'

/** A terminal larger than this is shown as this large: sizes are the caller's word, and every cell costs memory and time. */
export const MAX_COLS = 1000
export const MAX_ROWS = 500
export const MAX_CELLS = 100_000
export type Size = { cols: number; rows: number }
export const DEFAULT_SIZE: Size = { cols: 80, rows: 24 }

/** Zero keeps the dimension as it was (RFC 4254, 6.7). At least two columns, as xterm has it. */
export function clampedSize(asked: Size, before: Size): Size {
  const clamp = (value: number, kept: number, min: number, max: number) => (value <= 0 ? kept : Math.min(max, Math.max(min, value)))
  const cols = clamp(asked.cols, before.cols, 2, MAX_COLS)
  return { cols, rows: clamp(asked.rows, before.rows, 1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / cols))) }
}

/** Lines that the player keeps above the screen, and brings back when the terminal grows. */
const SCROLLBACK = 100
/**
 * Four bytes can clear the whole screen: the larger it is, the less text is drawn before others get their turn.
 * In cells times UTF-16 units.
 */
const TURN = 50_000_000

/** A terminal's screen at one moment of a recording, kept as asciinema-player keeps it. */
export class Screen {
  private readonly terminal: Terminal
  private readonly internals: Internals
  private readonly saved: WeakMap<InternalBuffer, SavedModes>
  private batch: string[] = []
  private batched = 0
  private hasFailed = false

  /** @param size within the bounds of `clampedSize` */
  constructor(size: Size) {
    this.terminal = new xterm.Terminal({ ...size, scrollback: SCROLLBACK, allowProposedApi: true, logLevel: 'off' })
    this.internals = internalsOf(this.terminal)
    this.saved = behaveAsThePlayer(this.terminal, this.internals)
  }

  write(text: string): void {
    this.batch.push(text)
    this.batched += text.length
  }

  /** How much text may be drawn in one go. */
  get turnUnits(): number {
    return Math.ceil(TURN / (this.terminal.cols * this.terminal.rows))
  }

  /** True when that much waits. */
  get isDue(): boolean {
    return this.batched >= this.turnUnits
  }

  resize({ cols, rows }: Size): void {
    this.settle()
    this.terminal.resize(cols, rows)
  }

  /**
   * Brings everything written so far to the screen. Not through xterm's `write`, which parses in a timer: a recording that
   * makes it throw there would end the process.
   */
  settle(): void {
    const text = this.batch.join('')
    this.batch = []
    this.batched = 0
    try {
      this.internals.input.parse(text)
    } catch {
      this.hasFailed = true
      this.internals.input._parser.reset()
    }
  }

  /** True once xterm could not draw something: what is on the screen is no longer what was recorded. */
  get isLost(): boolean {
    return this.hasFailed
  }

  dispose(): void {
    this.terminal.dispose()
  }

  get size(): Size {
    return { cols: this.terminal.cols, rows: this.terminal.rows }
  }

  /** The rows of the screen as text, without trailing blanks. */
  text(): string[] {
    const { active } = this.terminal.buffer
    return Array.from({ length: this.terminal.rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '')
  }

  /** All lines, those above the screen too, with each line that was wrapped in one piece. */
  unwrapped(): string[] {
    const { active } = this.terminal.buffer
    const lines: string[] = []
    for (let row = 0; row < active.length; row += 1) {
      const line = active.getLine(row)
      const isContinued = active.getLine(row + 1)?.isWrapped === true
      const text = line?.translateToString(!isContinued) ?? ''
      if (line?.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text)
      else lines.push(text)
    }
    return lines
  }

  get isAlternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate'
  }

  buffer(which: 'normal' | 'alternate'): { cells: IBuffer; state: InternalBuffer; saved: SavedModes } {
    const state = which === 'normal' ? this.internals.buffers.normal : this.internals.buffers.alt
    return { cells: this.terminal.buffer[which], state, saved: this.saved.get(state) ?? DEFAULT_SAVED }
  }

  /** Everything that is neither on the screen nor of one buffer. */
  get modes() {
    const { core, charsets, input } = this.internals
    return {
      ...core.decPrivateModes,
      isCursorHidden: core.isCursorHidden,
      isInserting: core.modes.insertMode,
      isNewLine: this.terminal.options.convertEol === true,
      pen: input._curAttrData,
      isDrawing: [charsets._charsets[0] !== undefined, charsets._charsets[1] !== undefined] as const,
      charset: charsets.glevel,
    }
  }
}
