import { decodeBytes, printable, type SessionEvent } from '@hoptrace/events'
import { wordAt } from '../../masking/secret-ranges.ts'
import { summaryOf } from '../event-summary.ts'

/** A piece of what was recorded, with the part that is meant. */
export type Excerpt = {
  /** Which field, in words: `row 1, column value`. */
  where: string
  before: string
  marked: string
  after: string
  isCutBefore: boolean
  isCutAfter: boolean
  /** Of a cell, the others of its row. */
  row: readonly { column: string; value: string; isMarked: boolean }[] | null
}

/** Around what is marked, in UTF-16 units. */
const BEFORE = 240
const AFTER = 480
const MAX_MARKED = 512
const MAX_CELL = 120
const MAX_COLUMNS = 24

/**
 * What stands at a place in an event.
 * @param at JSON pointer (RFC 6901) into its body; empty for the whole event
 * @param offset where in that field, in UTF-16 units; null for all of it
 * @param value what is looked for, where its form is known
 * @returns null when there is nothing at that place
 */
export function excerptOf(event: SessionEvent, at: string, offset: number | null, value: string | null): Excerpt | null {
  if (at === '') return pieceOf(summaryOf(event).text, null, null, 'the event')
  const path = at.slice(1).split('/').map(unescaped)
  const text = textOf(found(event.body, path))
  if (text === null) return null
  const piece = pieceOf(text, offset, value, wordsFor(event, path))
  return { ...piece, row: rowOf(event, path) }
}

function pieceOf(text: string, offset: number | null, value: string | null, where: string): Excerpt {
  const [start, end] = markedIn(text, offset, value)
  const [from, to] = [Math.max(0, start - BEFORE), Math.min(text.length, end + AFTER)]
  return {
    where,
    before: readable(text.slice(from, start)),
    marked: readable(text.slice(start, end)),
    after: readable(text.slice(end, to)),
    isCutBefore: from > 0,
    isCutAfter: to < text.length,
    row: null,
  }
}

// What a value's canonical form left out, its case or a port, is not looked for: then the word is marked that stands there.
function markedIn(text: string, offset: number | null, value: string | null): [number, number] {
  const sought = value?.toLowerCase() ?? ''
  const at = sought === '' ? -1 : text.toLowerCase().indexOf(sought, offset ?? 0)
  const word = offset === null ? null : wordAt(text, Math.min(offset, text.length))
  const isWord = word !== null && word[1] > word[0]
  if (at >= 0 && (!isWord || at === offset)) return [at, at + sought.length]
  return bounded(isWord ? word : [0, text.length])
}

// A terminal's colours and line ends are noise on a page; the bytes stand in the recording (ECMA-48, 5.4).
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\))/g

function readable(text: string): string {
  return printable(text.replace(SEQUENCES, '').replaceAll('\r\n', '\n').replace(/\r$/, ''))
}

function bounded([start, end]: readonly [number, number]): [number, number] {
  return [start, Math.min(end, start + MAX_MARKED)]
}

function found(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined),
    value,
  )
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'object' || value === null) return null
  const [base64, utf8] = [Reflect.get(value, 'base64'), Reflect.get(value, 'utf8')]
  if (typeof base64 === 'string') return decodeBytes({ base64 }).toString('utf8')
  return typeof utf8 === 'string' ? utf8 : JSON.stringify(value)
}

function wordsFor({ type, body }: SessionEvent, path: readonly string[]): string {
  const [member = '', row = '', column = ''] = path
  if (type === 'sql.result' && member === 'sample') {
    return `row ${Number(row) + 1}, column ${printable(body.columns[Number(column)]?.name ?? column)}`
  }
  if (type === 'sql.statement' && member === 'params') return `bind value ${Number(row) + 1}`
  return printable(path.join(' › '))
}

function rowOf({ type, body }: SessionEvent, [member, row, column]: readonly string[]): Excerpt['row'] {
  if (type !== 'sql.result' || member !== 'sample') return null
  const cells = body.sample[Number(row)] ?? []
  const first = Math.max(0, Number(column) - MAX_COLUMNS + 1)
  return cells.slice(first, first + MAX_COLUMNS).map((cell, index) => ({
    column: printable(body.columns[first + index]?.name ?? ''),
    value: cut(printable(cell ?? 'NULL')),
    isMarked: first + index === Number(column),
  }))
}

function cut(text: string): string {
  return text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL)}…`
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
