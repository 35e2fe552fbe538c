const NEGATIVE = 0x4000
const NAN = 0xc000
const INFINITE = 0xd000
const NEGATIVE_INFINITE = 0xf000

/**
 * A `numeric` in binary form as PostgreSQL prints it.
 * Format (`src/backend/utils/adt/numeric.c`, numeric_send): count of digits, weight, sign, display scale, then base-10000 digits.
 * Null when the bytes are none.
 */
export function numericText(bytes: Buffer, start: number, end: number): string | null {
  if (end - start < 8) return null
  const count = bytes.readUInt16BE(start)
  const weight = bytes.readInt16BE(start + 2)
  const sign = bytes.readUInt16BE(start + 4)
  const scale = bytes.readUInt16BE(start + 6) & 0x3fff
  if (sign === NAN) return 'NaN'
  if (sign === INFINITE) return 'Infinity'
  if (sign === NEGATIVE_INFINITE) return '-Infinity'
  if (end - start !== 8 + 2 * count) return null
  const digitAt = (group: number): number => (group >= 0 && group < count ? bytes.readUInt16BE(start + 8 + 2 * group) : 0)
  return `${sign === NEGATIVE ? '-' : ''}${wholePart(weight, digitAt)}${fraction(weight, scale, digitAt)}`
}

function wholePart(weight: number, digitAt: (group: number) => number): string {
  if (weight < 0) return '0'
  let text = String(digitAt(0))
  for (let group = 1; group <= weight; group += 1) text += padded(digitAt(group))
  return text
}

function fraction(weight: number, scale: number, digitAt: (group: number) => number): string {
  if (scale === 0) return ''
  let text = ''
  for (let group = weight + 1; text.length < scale; group += 1) text += padded(digitAt(group))
  return `.${text.slice(0, scale)}`
}

const padded = (digit: number): string => String(digit).padStart(4, '0')
