import type { ActivityQuery } from '../contract/index.ts'
import { type Range, rangeOf } from '../http/range.ts'

const THIRTY_DAYS_US = 30 * 86_400_000_000

/** The range of event time that a request names; by default the 30 days before its end. */
export function activityRange(query: ActivityQuery, nowMs: number): Range {
  const range = rangeOf(query, nowMs)
  return query.from === undefined ? { ...range, fromUs: range.toUs - THIRTY_DAYS_US } : range
}
