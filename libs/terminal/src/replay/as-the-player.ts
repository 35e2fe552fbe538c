import type { Terminal } from '@xterm/headless'
import { applySgr } from './pen.ts'
import { playerWidth } from './player-width.ts'
import type { Charset, InternalBuffer, Internals } from './xterm-internals.ts'

/** DEC special graphics as the player draws them, from ` to ~. */
const GRAPHICS = '♦▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£⋅'
const DRAWING: Charset = Object.fromEntries([...GRAPHICS].map((glyph, index) => [String.fromCharCode(0x60 + index), glyph]))

/** The character sets that xterm knows. */
const NATIONAL = '0AB4C5RQKYE6ZH7='
const SPACE = 0x20
/** Parameters go up to 65,535: more than any screen holds of one character. */
const MAX_REPEAT = 65_535

/** What DECSC keeps beside the position and the pen: per buffer, as the player does. */
export type SavedModes = { isOrigin: boolean; isWrapping: boolean }
export const DEFAULT_SAVED: SavedModes = { isOrigin: false, isWrapping: true }

/**
 * Makes xterm behave where asciinema-player's emulator behaves otherwise, so that what follows a keyframe is drawn by the player
 * as if it had played from the start. Found by comparing the two; segments.test.ts compares them again.
 * @returns what DECSC saved in each buffer
 */
export function behaveAsThePlayer(terminal: Terminal, internals: Internals): WeakMap<InternalBuffer, SavedModes> {
  terminal.unicode.register({
    version: 'asciinema-player-3.17',
    wcwidth: playerWidth,
    // xterm's packing: the width above one bit that says "joins the character before", which the player never does.
    charProperties: (codepoint) => playerWidth(codepoint) << 1,
  })
  terminal.unicode.activeVersion = 'asciinema-player-3.17'
  // Erasing leaves the whole pen behind, and not the background alone.
  internals.input._eraseAttrData = () => internals.input._curAttrData.clone()
  terminal.parser.registerCsiHandler({ final: 'm' }, (parameters) => {
    applySgr(internals.input._curAttrData, parameters.length === 0 ? [0] : parameters)
    return true
  })
  eraseToTheEnd(terminal, internals)
  repeatWhatStands(terminal, internals)
  scrollAsThePlayer(terminal, internals)
  keepTheCursor(terminal, internals)
  designateCharsets(terminal, internals)
  ignoreWhatThePlayerIgnores(terminal)
  return keepSavedModes(internals)
}

/** xterm throws when everything up to the last cell of the last row is to be erased; that is the whole screen. */
function eraseToTheEnd(terminal: Terminal, { input, buffers }: Internals): void {
  terminal.parser.registerCsiHandler({ final: 'J' }, ([scope]) => {
    const isAtTheEnd = buffers.active.x >= terminal.cols - 1 && buffers.active.y === terminal.rows - 1
    return scope === 1 && isAtTheEnd && input.eraseInDisplay({ params: [2] })
  })
}

/** REP repeats what stands before the cursor, whatever was printed last. */
function repeatWhatStands(terminal: Terminal, { input }: Internals): void {
  terminal.parser.registerCsiHandler({ final: 'b' }, ([count]) => {
    const { active } = terminal.buffer
    const line = active.getLine(active.baseY + active.cursorY)
    // The second half of a wide character counts as a space.
    const code = line?.getCell(active.cursorX - 1)?.getCode() || SPACE
    const repeated = new Uint32Array(Math.min(MAX_REPEAT, Number(count) || 1)).fill(code)
    if (active.cursorX > 0) input.print(repeated, 0, repeated.length)
    return true
  })
}

function scrollAsThePlayer(terminal: Terminal, { input, buffers }: Internals): void {
  terminal.parser.registerCsiHandler({ final: 'r' }, ([top, bottom]) => {
    const last = Number(bottom) || terminal.rows
    // A region that is none moves the cursor all the same.
    if (last <= (Number(top) || 1) || last > terminal.rows) input._setCursor(0, 0)
    return last > terminal.rows
  })
  // What scrolls in has the pen, and not the default one.
  terminal.parser.registerCsiHandler({ final: 'T' }, ([count]) => {
    const { lines, ybase, scrollTop, scrollBottom } = buffers.active
    for (let left = Math.min(Number(count) || 1, scrollBottom - scrollTop + 1); left > 0; left -= 1) {
      lines.splice(ybase + scrollBottom, 1)
      lines.splice(ybase + scrollTop, 0, buffers.active.getBlankLine(input._eraseAttrData()))
    }
    return true
  })
  // RI as a C1 control, which xterm knows as an escape sequence only.
  input._parser.setExecuteHandler('\x8d', () => input.reverseIndex())
}

/** Inserting and deleting lines, and the alignment pattern, leave the cursor where it is; a tab leaves the margin. */
function keepTheCursor(terminal: Terminal, { input, buffers }: Internals): void {
  const inPlace = (change: () => void) => {
    const { x, y } = buffers.active
    change()
    Object.assign(buffers.active, { x, y })
    return true
  }
  // No more than there are: xterm would move every line once for each that is asked for.
  const lines = (count: number | number[] | undefined) => ({ params: [Math.min(Number(count) || 1, terminal.rows)] })
  terminal.parser.registerCsiHandler({ final: 'L' }, ([count]) => inPlace(() => input.insertLines(lines(count))))
  terminal.parser.registerCsiHandler({ final: 'M' }, ([count]) => inPlace(() => input.deleteLines(lines(count))))
  terminal.parser.registerCsiHandler({ final: 'S' }, ([count]) => input.scrollUp(lines(count)))
  terminal.parser.registerEscHandler({ intermediates: '#', final: '8' }, () =>
    inPlace(() => {
      const pen = input._curAttrData
      input._curAttrData = Object.assign(pen.clone(), { fg: 0, bg: 0 })
      input.screenAlignmentPattern()
      input._curAttrData = pen
    }),
  )
  input._parser.setExecuteHandler('\t', () => {
    if (buffers.active.x < terminal.cols) return input.tab()
    buffers.active.x = terminal.cols - 1
    return true
  })
}

function designateCharsets(terminal: Terminal, { charsets }: Internals): void {
  for (const [level, intermediates] of ['(', ')'].entries()) {
    for (const final of finals()) {
      terminal.parser.registerEscHandler({ intermediates, final }, () => {
        charsets.setgCharset(level, final === '0' ? DRAWING : undefined)
        return true
      })
    }
  }
}

function ignoreWhatThePlayerIgnores(terminal: Terminal): void {
  const ignore = () => true
  for (const intermediates of ['*', '+', '-', '.', '/']) {
    for (const final of NATIONAL) terminal.parser.registerEscHandler({ intermediates, final }, ignore)
  }
  for (const final of '@G') terminal.parser.registerEscHandler({ intermediates: '%', final }, ignore)
  for (const final of 'no|}~') terminal.parser.registerEscHandler({ final }, ignore)
  for (const final of 'JK') terminal.parser.registerCsiHandler({ prefix: '?', final }, ignore)
  for (const final of '@A') terminal.parser.registerCsiHandler({ intermediates: ' ', final }, ignore)
  for (const final of '}~') terminal.parser.registerCsiHandler({ intermediates: "'", final }, ignore)
  // Links: their targets would be kept for as long as the screen shows them.
  terminal.parser.registerOscHandler(8, ignore)
}

function keepSavedModes({ input, core, charsets, buffers }: Internals): WeakMap<InternalBuffer, SavedModes> {
  const saved = new WeakMap<InternalBuffer, SavedModes>()
  const [save, restore] = [input.saveCursor.bind(input), input.restoreCursor.bind(input)]
  input.saveCursor = () => {
    saved.set(buffers.active, { isOrigin: core.decPrivateModes.origin, isWrapping: core.decPrivateModes.wraparound })
    return save()
  }
  input.restoreCursor = () => {
    const { charset } = charsets
    // Else xterm would bring the cursor back only as far as the scroll region.
    core.decPrivateModes.origin = false
    const isDone = restore()
    const modes = saved.get(buffers.active) ?? DEFAULT_SAVED
    core.decPrivateModes.origin = modes.isOrigin
    core.decPrivateModes.wraparound = modes.isWrapping
    charsets.charset = charset
    return isDone
  }
  return saved
}

/** The final characters of an escape sequence with an intermediate (ECMA-35). */
function* finals(): Generator<string> {
  for (let code = 0x30; code <= 0x7e; code += 1) yield String.fromCharCode(code)
}
