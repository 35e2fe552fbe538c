import type { StatementItem, StatementResult } from '@hoptrace/api'
import type { LineItem } from './text-pieces.ts'

/** Where the address points in a SQL session. */
export type SqlPlace = { item: LineItem; result: StatementResult | null }

/**
 * The item that an address names: by seq (of the item itself, of one of its pieces, or of one of a statement's results), else the last that had
 * begun at `ms`, else the first.
 */
export function placeOf(items: readonly LineItem[], place: { seq?: number | undefined; ms?: number | undefined }): SqlPlace | null {
  const { seq, ms } = place
  if (seq !== undefined) {
    for (const item of items) {
      if (item.seq === seq || (item.item === 'pieces' && item.seq < seq && seq <= item.lastSeq)) return { item, result: firstResult(item) }
      const result = item.item === 'statement' ? item.results.find((answer) => answer.seq === seq) : undefined
      if (result !== undefined) return { item, result }
    }
  }
  const started = ms === undefined ? undefined : items.findLast((item) => item.ms <= ms)
  const item = started ?? items[0]
  return item === undefined ? null : { item, result: firstResult(item) }
}

function firstResult(item: LineItem): StatementResult | null {
  return item.item === 'statement' ? (item.results[0] ?? null) : null
}

/** `SELECT 42`, `3 rows`, `no answer`: how a statement ended, in few words. */
export function outcomeOf(statement: StatementItem): string {
  const failed = statement.results.find((result) => result.error !== null)
  if (failed?.error) return failed.error.sqlstate
  if (statement.state === 'unanswered') return 'no answer'
  const last = statement.results.at(-1)
  return last?.tag ?? (last?.rows === null || last === undefined ? 'done' : `${last.rows} rows`)
}

/** Index of the column that an address names: by name first, then by number. -1 when there is none. */
export function columnIndex(columns: readonly { name: string }[], col: string | undefined): number {
  if (col === undefined) return -1
  const named = columns.findIndex((column) => column.name === col)
  if (named >= 0) return named
  return /^\d+$/.test(col) && Number(col) < columns.length ? Number(col) : -1
}
