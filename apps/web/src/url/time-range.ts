import { z } from 'zod'
import { toInstant } from '../format/instant.ts'
import { choice, moment } from './fields.ts'

const SPANS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const
export type Span = keyof typeof SPANS
export const spans = Object.keys(SPANS) as Span[]
export const spanNames: Record<Span, string> = { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' }

/** `[from, to)`. Either a span that ends now, or two fixed moments; without any, the last 24 hours. */
export const RangeSearch = z.object({ last: choice('1h', '24h', '7d', '30d'), from: moment, to: moment })
export type RangeSearch = z.infer<typeof RangeSearch>

/** What to ask the api for. A relative range leaves `to` open, so that what happens meanwhile appears. */
export function rangeParams(range: RangeSearch, nowMs: number): { from?: string; to?: string } {
  if (range.from !== undefined || range.to !== undefined) {
    return { ...(range.from === undefined ? {} : { from: range.from }), ...(range.to === undefined ? {} : { to: range.to }) }
  }
  if (range.last === undefined || range.last === '24h') return {}
  return { from: toInstant(nowMs - SPANS[range.last]) }
}

/** The address's own range, fixed to what was shown: what a copied link carries. */
export function frozen<T extends RangeSearch>(search: T, shown: { from: string; to: string }): T {
  return { ...search, last: undefined, from: shown.from, to: shown.to }
}

export function isFrozen(range: RangeSearch): boolean {
  return range.from !== undefined || range.to !== undefined
}

/** The two moments that a range means now: what the page shows, where the api does not say. */
export function shownRange(range: RangeSearch, nowMs: number): { from: string; to: string } {
  const toMs = range.to === undefined ? nowMs : Date.parse(range.to)
  return { from: range.from ?? toInstant(toMs - SPANS[range.last ?? '24h']), to: toInstant(toMs) }
}
