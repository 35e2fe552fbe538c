import { isUtf8 } from 'node:buffer'
import { numericText } from './numeric-value.ts'
import { dateText, timestampText, timeText } from './time-value.ts'
import { elementOid } from './type-names.ts'

/** A value as text, or in hex where its bytes are no text that we can read. */
export type DecodedValue = { value: string; encoding: 'text' | 'hex' }

/** Text format: the text itself when it is valid UTF-8. */
export function decodeText(bytes: Buffer, start: number, end: number): DecodedValue {
  const value = bytes.toString('utf8', start, end)
  // Only text with a replacement character can have lost bytes.
  if (value.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) return hex(bytes, start, end)
  return { value, encoding: 'text' }
}

/**
 * Binary format of the common types, as PostgreSQL prints them (the `*send` functions of `src/backend/utils/adt`);
 * hex for any other type, and for bytes that the type cannot have.
 */
export function decodeBinary(oid: number, bytes: Buffer, start: number, end: number): DecodedValue {
  const value = binaryText(oid, bytes, start, end)
  if (value === null) return hex(bytes, start, end)
  return TEXTUAL.has(oid) ? decodeText(bytes, start, end) : { value, encoding: 'text' }
}

/** `\x` and the bytes in hex, as PostgreSQL prints `bytea`. */
export function hex(bytes: Buffer, start: number, end: number): DecodedValue {
  return { value: `\\x${bytes.toString('hex', start, end)}`, encoding: 'hex' }
}

type Reader = (bytes: Buffer, at: number) => string
const FIXED = new Map<number, [length: number, read: Reader]>([
  [16, [1, (bytes, at) => (bytes[at] === 0 ? 'f' : 't')]],
  [20, [8, (bytes, at) => String(bytes.readBigInt64BE(at))]],
  [21, [2, (bytes, at) => String(bytes.readInt16BE(at))]],
  [23, [4, (bytes, at) => String(bytes.readInt32BE(at))]],
  [26, [4, (bytes, at) => String(bytes.readUInt32BE(at))]],
  [700, [4, (bytes, at) => floatText(bytes.readFloatBE(at), true)]],
  [701, [8, (bytes, at) => floatText(bytes.readDoubleBE(at), false)]],
  [1082, [4, (bytes, at) => dateText(bytes.readInt32BE(at))]],
  [1083, [8, (bytes, at) => timeText(bytes.readBigInt64BE(at))]],
  [1114, [8, (bytes, at) => timestampText(bytes.readBigInt64BE(at), '')]],
  [1184, [8, (bytes, at) => timestampText(bytes.readBigInt64BE(at), '+00')]],
  [2950, [16, (bytes, at) => uuidText(bytes.toString('hex', at, at + 16))]],
])

// text, varchar, bpchar, name, char, json, xml, unknown: the binary form is the text.
const TEXTUAL = new Set([25, 1043, 1042, 19, 18, 114, 142, 705])

function binaryText(oid: number, bytes: Buffer, start: number, end: number): string | null {
  const fixed = FIXED.get(oid)
  if (fixed) return end - start === fixed[0] ? fixed[1](bytes, start) : null
  if (TEXTUAL.has(oid)) return ''
  if (oid === 1700) return numericText(bytes, start, end)
  if (oid === 17) return `\\x${bytes.toString('hex', start, end)}`
  if (oid === 3802) return jsonbText(bytes, start, end)
  const element = elementOid(oid)
  return element === undefined ? null : arrayText(element, bytes, start, end)
}

function jsonbText(bytes: Buffer, start: number, end: number): string | null {
  if (end - start < 1 || bytes[start] !== 1) return null
  const { value, encoding } = decodeText(bytes, start + 1, end)
  return encoding === 'text' ? value : null
}

function floatText(value: number, isSingle: boolean): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return Object.is(value, -0) ? '-0' : isSingle ? shortestSingle(value) : String(value)
}

// The fewest digits that read back as the same single-precision number.
function shortestSingle(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return String(text)
  }
  return String(Number(value.toPrecision(9)))
}

function uuidText(hexText: string): string {
  return [hexText.slice(0, 8), hexText.slice(8, 12), hexText.slice(12, 16), hexText.slice(16, 20), hexText.slice(20)].join('-')
}

// array_send: dimensions, flags, element type, then length and lower bound for each dimension, then the elements. One dimension only.
function arrayText(element: number, bytes: Buffer, start: number, end: number): string | null {
  if (end - start < 12 || bytes.readUInt32BE(start + 8) !== element) return null
  const dimensions = bytes.readInt32BE(start)
  if (dimensions === 0) return '{}'
  if (dimensions !== 1 || end - start < 20 || bytes.readInt32BE(start + 16) !== 1) return null
  const count = bytes.readInt32BE(start + 12)
  const items: string[] = []
  let at = start + 20
  for (let n = 0; n < count; n += 1) {
    if (at + 4 > end) return null
    const length = bytes.readInt32BE(at)
    at += 4
    if (length > end - at) return null
    const item = length < 0 ? 'NULL' : itemText(element, bytes, at, at + length)
    if (item === null) return null
    items.push(item)
    at += Math.max(length, 0)
  }
  return `{${items.join(',')}}`
}

function itemText(element: number, bytes: Buffer, start: number, end: number): string | null {
  const { value, encoding } = decodeBinary(element, bytes, start, end)
  if (encoding === 'hex' && element !== 17) return null
  const needsQuotes = value === '' || /[{}",\\\s]/.test(value) || value.toUpperCase() === 'NULL'
  return needsQuotes ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}
