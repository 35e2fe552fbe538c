import type { IBufferCell } from '@xterm/headless'

/** The attributes of a cell, or of what will be written next, as the two words that xterm packs them into. */
export type Pen = { fg: number; bg: number }
export const DEFAULT_PEN: Readonly<Pen> = { fg: 0, bg: 0 }

// xterm 6.0.0, src/common/buffer/Constants.ts: colours in the low 26 bits, flags above.
const COLOR_BITS = 0x3ff_ffff
const VALUE = 0xff_ffff
const MODE = 0x300_0000
const PALETTE = 0x200_0000
const PALETTE_16 = 0x100_0000
const RGB = 0x300_0000

type Flag = { word: keyof Pen; bit: number; set: number; reset: number[] }
const FAINT: Flag = { word: 'bg', bit: 0x800_0000, set: 2, reset: [1, 21, 22] }
const BOLD: Flag = { word: 'fg', bit: 0x800_0000, set: 1, reset: [2, 21, 22] }
/** The attributes that the player draws. Bold and faint exclude each other there. */
const FLAGS: Flag[] = [
  BOLD,
  FAINT,
  { word: 'bg', bit: 0x400_0000, set: 3, reset: [23] },
  { word: 'fg', bit: 0x1000_0000, set: 4, reset: [24] },
  { word: 'fg', bit: 0x2000_0000, set: 5, reset: [25] },
  { word: 'fg', bit: 0x400_0000, set: 7, reset: [27] },
  { word: 'fg', bit: 0x8000_0000, set: 9, reset: [29] },
]

/** SGR that sets exactly this pen, whatever was set before. */
export function sgr(pen: Pen): string {
  const flags = FLAGS.filter(({ word, bit }) => pen[word] & bit).map(({ set }) => set)
  return `\x1b[${[0, ...flags, ...colorParameters(pen.fg, 38), ...colorParameters(pen.bg, 48)].join(';')}m`
}

function colorParameters(word: number, base: 38 | 48): number[] {
  const value = word & VALUE
  const mode = word & MODE
  if (mode === RGB) return [base, 2, value >> 16, (value >> 8) & 0xff, value & 0xff]
  return mode === 0 ? [] : [base, 5, value & 0xff]
}

/** Parameters of a control sequence as xterm gives them: an array holds the sub-parameters (`:`) of the one before. */
export type Parameters = (number | number[])[]

/** Applies SGR as the player does: attributes that it does not draw leave no trace. */
export function applySgr(pen: Pen, parameters: Parameters): void {
  for (let at = 0; at < parameters.length; at += 1) {
    const parameter = parameters[at]
    if (typeof parameter !== 'number') continue
    const sub = parameters[at + 1]
    if (parameter === 38 || parameter === 48) at += applyColor(pen, parameter === 38 ? 'fg' : 'bg', parameters.slice(at + 1, at + 5))
    else if (!Array.isArray(sub)) applyOne(pen, parameter)
  }
}

function applyOne(pen: Pen, parameter: number): void {
  if (parameter === 0) Object.assign(pen, DEFAULT_PEN)
  for (const { word, bit, set, reset } of FLAGS) {
    if (parameter === set) pen[word] |= bit
    else if (reset.includes(parameter)) pen[word] &= ~bit
  }
  const isBright = parameter >= 90
  const color = parameter - (isBright ? 90 : 30)
  if (color === 9) paint(pen, 'fg', 0)
  else if (color === 19) paint(pen, 'bg', 0)
  else if (color >= 0 && color <= 7) paint(pen, 'fg', PALETTE_16 | color | (isBright ? 8 : 0))
  else if (color >= 10 && color <= 17) paint(pen, 'bg', PALETTE_16 | (color - 10) | (isBright ? 8 : 0))
}

/** @returns how many further parameters belonged to the colour */
function applyColor(pen: Pen, word: keyof Pen, rest: Parameters): number {
  const [first] = rest
  const parts = Array.isArray(first) ? first : rest.map((part) => (Array.isArray(part) ? -1 : part))
  const [kind, ...values] = parts
  if (kind === 5 && values[0] !== undefined) paint(pen, word, PALETTE | (values[0] & 0xff))
  // With sub-parameters a colour space may stand before the three.
  const rgb = Array.isArray(first) && values.length > 3 ? values.slice(1, 4) : values.slice(0, 3)
  if (kind === 2 && rgb.length === 3) paint(pen, word, RGB | rgb.reduce((packed, part) => (packed << 8) | (part & 0xff), 0))
  if (Array.isArray(first)) return 1
  if (kind === 5) return Math.min(2, rest.length)
  if (kind === 2) return rest.length >= 4 ? 4 : 1
  return 0
}

function paint(pen: Pen, word: keyof Pen, color: number): void {
  pen[word] = (pen[word] & ~COLOR_BITS) | color
}

/** The words of a cell: the public cell object holds them under the same names. */
export function penOf(cell: IBufferCell): Pen {
  return cell as unknown as Pen
}
