import type { BindValue, Observer, Truncation } from '@hoptrace/events'
import { fitText, jsonSize, wholeCharacters } from './budget.ts'
import type { MessageReader } from './message-reader.ts'
import { mayHoldObservable } from './row-sample.ts'
import { isPlainType } from './type-names.ts'
import { decodeBinary, decodeText, hex } from './values.ts'

/** All values of one statement in encoded JSON. */
const VALUES_BUDGET = 96 * 1024
/** `{"encoding":"text","oid":4294967295,"value":}` and a truncation. */
const VALUE_OVERHEAD = 48
const CUT_OVERHEAD = 64

export type BindValues = { params: BindValue[]; truncated?: Truncation; size: number }

/**
 * Reads what Bind and FunctionCall share: format codes, then values.
 * @param end of the part of the body that is there; a value that goes past it is cut
 * @param oids of the parameters as far as they are known; 0 where not
 */
export function readBindValues(reader: MessageReader, bytes: Buffer, end: number, oids: readonly number[]): BindValues {
  const formats = readFormats(reader)
  const total = reader.uint16()
  const values: BindValues = { params: [], size: 0 }
  for (let n = 0; n < total && values.size + VALUE_OVERHEAD + CUT_OVERHEAD < VALUES_BUDGET; n += 1) {
    const length = reader.int32()
    if (reader.isShort) break
    const isBinary = (formats.length === 1 ? formats[0] : formats[n]) === 1
    const value = readValue(reader, bytes, end, { oid: oids[n] ?? 0, isBinary, length, room: VALUES_BUDGET - values.size - CUT_OVERHEAD })
    values.params.push(value)
    values.size += VALUE_OVERHEAD + (value.value === null ? 4 : jsonSize(value.value)) + (value.truncated ? CUT_OVERHEAD : 0)
  }
  if (values.params.length < total) values.truncated = { kept: values.params.length, total }
  return values
}

export function readFormats(reader: MessageReader): number[] {
  const count = reader.uint16()
  const formats: number[] = []
  for (let n = 0; n < count && !reader.isShort; n += 1) formats.push(reader.int16())
  return formats
}

type ValueShape = { oid: number; isBinary: boolean; length: number; room: number }

function readValue(reader: MessageReader, bytes: Buffer, end: number, { oid, isBinary, length, room }: ValueShape): BindValue {
  if (length < 0) return { encoding: 'text', oid, value: null }
  const start = reader.position
  const there = Math.min(length, end - start)
  // Not more is decoded than can be kept: hex doubles, text does not shrink.
  const taken = Math.min(there, room)
  const textEnd = taken < length ? wholeCharacters(bytes, start, start + taken) : start + taken
  const decoded = isBinary ? decodeParameter(oid, bytes, start, start + taken) : decodeText(bytes, start, textEnd)
  reader.skip(length)
  const value = fitText(decoded.value, room)
  const isCut = taken < length || value.length < decoded.value.length
  const truncated = isCut ? { kept: keptBytes(value, decoded.encoding), total: length } : undefined
  return { encoding: decoded.encoding, oid, ...(truncated ? { truncated } : undefined), value }
}

function decodeParameter(oid: number, bytes: Buffer, start: number, end: number) {
  return oid === 0 ? hex(bytes, start, end) : decodeBinary(oid, bytes, start, end)
}

function keptBytes(value: string, encoding: 'text' | 'hex'): number {
  return encoding === 'hex' ? (value.length - 2) >> 1 : Buffer.byteLength(value)
}

/** Finds the observables of bind values; numbers, times and values in hex hold none. True when any was scanned. */
export function observeParams(params: readonly BindValue[], observer: () => Observer): void {
  for (let n = 0; n < params.length; n += 1) {
    const { value, encoding, oid } = params[n] as BindValue
    if (value === null || encoding === 'hex' || isPlainType(oid) || !mayHoldObservable(value)) continue
    observer().cell(value, 'asked', `/params/${n}/value`)
  }
}
