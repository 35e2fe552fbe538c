import type { ArrivalRow, Span } from '@hoptrace/store'

/** New events of one tenant, close together in event time. */
export type NewSpan = Span & { tenant: string; sessions: string[] }

/** Spans further apart than this are looked at each by itself: an import of an old recording is no reason to read all since. */
const APART_US = 3_600_000_000

/** Arrivals as spans of event time, those that touch as one. In the order of tenant and time. */
export function spansOf(arrivals: readonly ArrivalRow[]): NewSpan[] {
  const sorted = arrivals.map(spanOf).sort((a, b) => (a.tenant === b.tenant ? a.fromUs - b.fromUs : a.tenant < b.tenant ? -1 : 1))
  const spans: NewSpan[] = []
  for (const next of sorted) {
    const last = spans.at(-1)
    if (last?.tenant === next.tenant && next.fromUs <= last.toUs + APART_US) {
      last.toUs = Math.max(last.toUs, next.toUs)
      last.sessions.push(...next.sessions)
    } else spans.push(next)
  }
  return spans.map((span) => ({ ...span, sessions: [...new Set(span.sessions)] }))
}

function spanOf({ tenant, sessionId, firstTs, lastTs }: ArrivalRow): NewSpan {
  return { tenant, fromUs: Number(firstTs), toUs: Number(lastTs), sessions: [sessionId] }
}
