import { instantOf } from './instant.ts'

const DAY_MS = 86_400_000

/** `[from, to)` in microseconds since the epoch. */
export type Range = { fromUs: number; toUs: number }

/** The range that a request names; by default the 24 hours before now. */
export function rangeOf(query: { from?: string | undefined; to?: string | undefined }, nowMs: number): Range {
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to)
  const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from)
  // Milliseconds are whole: `now` includes the events of its own millisecond.
  return { fromUs: fromMs * 1000, toUs: query.to === undefined ? (toMs + 1) * 1000 : toMs * 1000 }
}

export function rangeAnswer(range: Range): { from: string; to: string } {
  return { from: instantOf(BigInt(range.fromUs)), to: instantOf(BigInt(range.toUs)) }
}
