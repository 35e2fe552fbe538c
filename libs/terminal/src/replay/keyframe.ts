import type { IBuffer, IBufferCell } from '@xterm/headless'
import type { SavedModes } from './as-the-player.ts'
import { DEFAULT_PEN, penOf, sgr } from './pen.ts'
import type { Screen, Size } from './screen.ts'
import type { InternalBuffer } from './xterm-internals.ts'

/** A terminal's state as what a fresh terminal of this size must be fed to stand in it. */
export type Keyframe = Size & { init: string }

const csi = (...parameters: (string | number)[]) => `\x1b[${parameters.join('')}`
const moveTo = (row: number, column: number) => csi(row + 1, ';', column + 1, 'H')

/**
 * Writes the screen, the lines above it, the screen under the alternate one, and what is not seen but decides what comes next:
 * scroll region, origin mode, saved cursors, tab stops, character sets, pen, and modes.
 * Everything written must have settled.
 */
export function keyframeOf(screen: Screen): Keyframe {
  const normal = screen.buffer('normal')
  const parts = [linesOf(normal.cells, screen.size), tabStops(normal.state, screen.size.cols), savedCursor(normal)]
  if (screen.isAlternate) {
    const alternate = screen.buffer('alternate')
    // The default pen first: the alternate screen is filled with the pen that opens it.
    parts.push(sgr(DEFAULT_PEN), csi('?1047h'), moveTo(0, 0), linesOf(alternate.cells, screen.size), savedCursor(alternate))
  }
  parts.push(cursorAndModes(screen))
  return { ...screen.size, init: parts.join('') }
}

/** All lines from the first above the screen to the last that is not blank: printed in turn, so that the first scroll away. */
function linesOf(buffer: IBuffer, size: Size): string {
  const total = buffer.baseY + size.rows
  const parts: string[] = []
  const writer = new RowWriter(buffer, size.cols)
  for (let row = 0; row < total; row += 1) {
    const isContinued = row + 1 < total && buffer.getLine(row + 1)?.isWrapped === true
    parts.push(writer.row(row, isContinued))
    if (row + 1 < total && !isContinued) parts.push(writer.newLine())
  }
  return parts.join('')
}

/** Prints the cells of a row, changing the pen only where it changes. */
class RowWriter {
  private pen = { ...DEFAULT_PEN }
  private readonly cell: IBufferCell

  constructor(
    private readonly buffer: IBuffer,
    private readonly cols: number,
  ) {
    this.cell = buffer.getNullCell()
  }

  /** @param isContinued whether the next row goes on with this line: then it is filled to its end, where printing wraps */
  row(row: number, isContinued: boolean): string {
    const line = this.buffer.getLine(row)
    let written = ''
    let blanks = 0
    for (let column = 0; column < this.cols; column += 1) {
      if (!line?.getCell(column, this.cell)) break
      const text = this.cell.getWidth() === 0 ? '' : this.cell.getChars() || ' '
      const { fg, bg } = penOf(this.cell)
      if (text === ' ' && fg === 0 && bg === 0) {
        blanks += 1
        continue
      }
      written += this.blank(blanks) + this.changed(fg, bg) + text
      blanks = 0
    }
    return isContinued ? written + this.blank(blanks) : written
  }

  /** With the default pen: a line that scrolls in is filled with the pen. */
  newLine(): string {
    return `${this.changed(0, 0)}\r\n`
  }

  private blank(count: number): string {
    return count === 0 ? '' : this.changed(0, 0) + ' '.repeat(count)
  }

  private changed(fg: number, bg: number): string {
    if (fg === this.pen.fg && bg === this.pen.bg) return ''
    this.pen = { fg, bg }
    return sgr(this.pen)
  }
}

function tabStops({ tabs }: InternalBuffer, cols: number): string {
  const stops = Object.keys(tabs)
    .map(Number)
    .filter((column) => tabs[column] && column > 0 && column < cols)
  const isDefault = stops.every((column) => column % 8 === 0) && stops.length === Math.ceil(cols / 8) - 1
  if (isDefault) return ''
  return csi('3g') + stops.map((column) => `${csi(column + 1, 'G')}\x1bH`).join('')
}

function savedCursor({ state, saved }: { state: InternalBuffer; saved: SavedModes }): string {
  const row = Math.max(0, state.savedY - state.ybase)
  const modes = (saved.isWrapping ? '' : csi('?7l')) + (saved.isOrigin ? csi('?6h') : '')
  const back = (saved.isWrapping ? '' : csi('?7h')) + (saved.isOrigin ? csi('?6l') : '')
  return `${modes}${moveTo(row, state.savedX)}${sgr(state.savedCurAttrData)}\x1b7${back}`
}

function cursorAndModes(screen: Screen): string {
  const { modes, size } = screen
  const { state, cells } = screen.buffer(screen.isAlternate ? 'alternate' : 'normal')
  const isRegion = state.scrollTop > 0 || state.scrollBottom < size.rows - 1
  // Both move the cursor, so they stand before it.
  const region = (isRegion ? csi(state.scrollTop + 1, ';', state.scrollBottom + 1, 'r') : '') + (modes.origin ? csi('?6h') : '')
  const row = modes.origin ? Math.max(0, state.y - state.scrollTop) : state.y
  const isPast = state.x >= size.cols && modes.wraparound
  const position = isPast ? pastTheMargin(cells, row, size.cols) : moveTo(row, Math.min(state.x, size.cols - 1))
  const [first, second] = modes.isDrawing
  return [
    region,
    position,
    sgr(modes.pen),
    modes.isCursorHidden && csi('?25l'),
    first && '\x1b(0',
    second && '\x1b)0',
    modes.charset === 1 && '\x0e',
    modes.isInserting && csi('4h'),
    !modes.wraparound && csi('?7l'),
    modes.isNewLine && csi('20h'),
    modes.applicationCursorKeys && csi('?1h'),
    modes.bracketedPasteMode && csi('?2004h'),
  ]
    .filter((part) => typeof part === 'string')
    .join('')
}

/** The cursor waits after the last column, for the next character to wrap: only printing that column again brings it there. */
function pastTheMargin(cells: IBuffer, row: number, cols: number): string {
  const line = cells.getLine(cells.baseY + cells.cursorY)
  const last = line?.getCell(cols - 1)
  const column = last?.getWidth() === 0 ? cols - 2 : cols - 1
  const cell = line?.getCell(column)
  if (!cell) return moveTo(row, cols - 1)
  return moveTo(row, column) + sgr(penOf(cell)) + (cell.getChars() || ' ')
}
