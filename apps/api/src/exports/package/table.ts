import { printable } from '@hoptrace/events'
import { csvCell } from '../render-csv.ts'

export type Cell = string | number | boolean | null | readonly unknown[] | { readonly [member: string]: unknown }
/** A row of a table: every column of it, in the table's order. */
export type TableRow<C extends string = string> = Readonly<Record<C, Cell>>

/** A row as a line of JSON. What was extracted from recordings is made safe to print; what was recorded stands in the events. */
export function jsonLine(row: TableRow): string {
  return `${JSON.stringify(row, (_, value: unknown) => (typeof value === 'string' ? printable(value) : value))}\n`
}

/** The header of a CSV (RFC 4180). */
export function csvHeader(columns: readonly string[]): string {
  return csvRow(columns)
}

/** One row of it. Lists and objects stand there as JSON; null as an empty cell. */
export function csvLine(columns: readonly string[], row: TableRow): string {
  return csvRow(columns.map((column) => textOf(row[column] ?? null)))
}

function textOf(cell: Cell): string {
  if (cell === null) return ''
  return printable(typeof cell === 'object' ? JSON.stringify(cell) : String(cell))
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}
