import { printable } from '@hoptrace/events'

export type Cell = string | number | null
export type Column<T> = { title: string; of: (row: T) => Cell; align?: 'right' }

/** Rows as aligned columns, safe to print; titles as they are. */
export function renderTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = rows.map((row) => columns.map((column) => textOf(column.of(row))))
  const widths = columns.map((column, at) => Math.max(column.title.length, ...cells.map((line) => line[at]?.length ?? 0)))
  const lines = [columns.map((column) => column.title), ...cells]
  return lines.map((line) => alignedLine(line, columns, widths)).join('\n')
}

function alignedLine<T>(line: readonly string[], columns: readonly Column<T>[], widths: readonly number[]): string {
  const padded = line.map((text, at) => (columns[at]?.align === 'right' ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
  return padded.join('  ').trimEnd()
}

function textOf(cell: Cell): string {
  return cell === null ? '-' : oneLine(String(cell))
}

/** Recorded text on one line, safe to print. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll('\t', ' '))
}

/** `2026-10-03T09:12:44.120345Z` as `2026-10-03 09:12:44.120Z`. */
export function shortTime(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 23)}Z`
}

/** A duration in units that people read. */
export function shortDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.floor((ms % 60_000) / 1000)
  return minutes < 60 ? `${minutes} m ${seconds} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`
}
