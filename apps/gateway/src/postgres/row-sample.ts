import type { Observer } from '@hoptrace/events'
import { fitText, jsonSize, wholeCharacters } from './budget.ts'
import { MessageReader } from './message-reader.ts'
import { NO_COLUMNS, type RowDescription } from './row-description.ts'
import { isPlainType } from './type-names.ts'
import { type DecodedValue, decodeBinary, decodeText } from './values.ts'

const MAX_ROWS = 200
/** The sample in encoded JSON, its separators counted. */
const SAMPLE_BUDGET = 256 * 1024
/** Of one row, in bytes on the wire. */
const ROW_LIMIT = 64 * 1024
const MAX_MARKED_CELLS = 1000

/** The first rows of one answer, decoded by the description that came with them. */
export class RowSample {
  rows: (string | null)[][] = []
  cutCells: [number, number, number][] = []
  hexCells: [number, number][] = []
  /** Rows that the answer held so far, and how many of them are in the sample whole. */
  total = 0
  private whole = 0
  private size = 0
  private isFull = false
  private description = NO_COLUMNS
  private formats: readonly number[] = []
  private readonly reader = new MessageReader()

  /** @param formats of the result columns as Bind asked for them; empty where the description says it */
  begin(description: RowDescription, formats: readonly number[]): void {
    this.description = description
    this.formats = formats.length > 0 ? formats : description.formats
  }

  clear(): void {
    if (this.total === 0) return
    this.rows = []
    this.cutCells = []
    this.hexCells = []
    this.total = 0
    this.whole = 0
    this.size = 0
    this.isFull = false
  }

  /** Bytes of the next row that the sample has room for. */
  get wanted(): number {
    return this.isFull ? 0 : ROW_LIMIT
  }

  get truncated(): { kept: number; total: number } | undefined {
    return this.whole < this.total ? { kept: this.whole, total: this.total } : undefined
  }

  /** `bytes[start, end)` is the start of a DataRow's body. */
  add(bytes: Buffer, start: number, end: number): void {
    this.total += 1
    if (this.isFull) return
    const reader = this.reader.reset(bytes, start, end)
    const count = reader.uint16()
    const row: (string | null)[] = []
    let isWhole = true
    for (let column = 0; column < count && isWhole; column += 1) isWhole = this.addCell(row, column, bytes, end)
    this.rows.push(row)
    if (isWhole && row.length === count) this.whole += 1
    if (this.rows.length >= MAX_ROWS || this.size >= SAMPLE_BUDGET) this.isFull = true
  }

  // False when the cell was cut, or is not there at all.
  private addCell(row: (string | null)[], column: number, bytes: Buffer, end: number): boolean {
    const length = this.reader.int32()
    if (this.reader.isShort || this.size + 8 > SAMPLE_BUDGET) return false
    if (length < 0) {
      this.size += 5
      row.push(null)
      return true
    }
    const start = this.reader.position
    const available = Math.min(length, end - start)
    this.reader.skip(available)
    return this.addValue(row, column, this.decode(column, bytes, start, start + available, available < length), length, available < length)
  }

  private addValue(row: (string | null)[], column: number, decoded: DecodedValue, length: number, isCut: boolean): boolean {
    const isMarked = decoded.encoding === 'hex'
    const fitting = fitText(decoded.value, SAMPLE_BUDGET - this.size)
    if (isMarked && this.hexCells.length < MAX_MARKED_CELLS) this.hexCells.push([this.rows.length, column])
    this.size += jsonSize(fitting) + (isMarked ? 12 : 1)
    row.push(fitting)
    if (!isCut && fitting.length === decoded.value.length) return true
    this.size += 24
    this.cutCells.push([this.rows.length, column, length])
    return false
  }

  private decode(column: number, bytes: Buffer, start: number, end: number, isCut: boolean): DecodedValue {
    const isBinary = (this.formats.length === 1 ? this.formats[0] : this.formats[column]) === 1
    if (isBinary) return decodeBinary(this.description.oids[column] ?? 0, bytes, start, end)
    return decodeText(bytes, start, isCut ? wholeCharacters(bytes, start, end) : end)
  }

  /** Finds the observables of the sampled cells. Columns of numbers and times hold none. */
  observe(observer: Observer): void {
    const oids = this.description.oids
    for (let row = 0; row < this.rows.length; row += 1) {
      const cells = this.rows[row] ?? []
      for (let column = 0; column < cells.length; column += 1) {
        const cell = cells[column]
        if (typeof cell !== 'string' || !mayHoldObservable(cell) || isPlainType(oids[column] ?? 0)) continue
        observer.cell(cell, 'answered', `/sample/${row}/${column}`)
      }
    }
  }

  /** Is there a column that can hold an observable? */
  get isWorthScanning(): boolean {
    if (this.rows.length === 0) return false
    return this.description.oids.length === 0 || this.description.oids.some((oid) => !isPlainType(oid))
  }
}

/** False for short cells in which the scanner can find nothing: no mark of a host or an address, and too short for a secret. */
export function mayHoldObservable(cell: string): boolean {
  if (cell.length < 4) return false
  if (cell.length >= 8) return true
  for (let at = 0; at < cell.length; at += 1) {
    const unit = cell.charCodeAt(at)
    if (unit === 46 || unit === 58 || unit === 61) return true
  }
  return false
}
