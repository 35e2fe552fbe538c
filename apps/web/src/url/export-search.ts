import { z } from 'zod'
import { choice, text } from './fields.ts'
import { RangeSearch, shownRange } from './time-range.ts'

/** What an archive is of: the chain, the run, else the period. */
export const ExportSearch = RangeSearch.extend({
  chain: text,
  run: text,
  of: choice('chain', 'run', 'period'),
  /** Who did what, and nothing that was said. */
  metadata: choice('1'),
  format: choice('tar'),
})
export type ExportSearch = z.infer<typeof ExportSearch>
export type ExportOf = NonNullable<ExportSearch['of']>

/** What the address is about, also where it does not say so. */
export function exportOf({ of, chain, run }: ExportSearch): ExportOf {
  return of ?? (chain !== undefined ? 'chain' : run !== undefined ? 'run' : 'period')
}

/** What the api is asked for; null while a chain or a run is still to be chosen. A period is fixed to two moments. */
export function exportParams(search: ExportSearch, nowMs: number, isRevealed: boolean): Record<string, string> | null {
  const named = namedIn(search, nowMs)
  if (named === null) return null
  return {
    ...named,
    ...(search.metadata === undefined ? {} : { metadata: '1' }),
    ...(isRevealed && search.metadata === undefined ? { reveal: '1' } : {}),
    ...(search.format === undefined ? {} : { format: search.format }),
  }
}

function namedIn(search: ExportSearch, nowMs: number): Record<string, string> | null {
  const of = exportOf(search)
  if (of === 'period') return shownRange(search, nowMs)
  const id = search[of]
  return id === undefined ? null : { [of]: id }
}
