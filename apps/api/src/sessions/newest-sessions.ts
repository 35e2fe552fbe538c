import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { SessionsQuery } from '../contract/index.ts'
import { asksForSums, candidateRows } from './candidates.ts'
import { isAskedFor } from './session-filter.ts'
import type { ListedSession } from './session-row.ts'
import type { SessionsById } from './sessions-by-id.ts'
import { nextLookUs, type Window } from './time-windows.ts'

const Candidate = z.object({ id: z.string(), us: z.number() })
type Candidate = z.infer<typeof Candidate>
type Candidates = { ids: string[]; window: Window }

/** What is asked for is mostly recent. */
const FIRST_LOOK_US = 3 * 3600 * 1_000_000
/** Where few of the candidates are asked for, each further look takes so many more. */
const GROWTH = 4
const MOST_CANDIDATES = 2_000

/**
 * The latest sessions of a query, found in two steps: ids by a read of few columns, back in time until there are enough for a page;
 * then all that a page shows of these alone.
 */
export class NewestSessions {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    private readonly byId: SessionsById,
  ) {}

  /**
   * One row more than the limit, when there is one. Nothing older than the page is read.
   * @param after start in microseconds and id of the row that the page comes after
   */
  async page(query: SessionsQuery, span: Window, after: readonly [number, string] | null): Promise<ListedSession[]> {
    const rows: ListedSession[] = []
    for await (const { ids, window } of this.candidatesBack(query, span)) {
      const found = (await this.byId.listed(ids)).filter(isAskedFor(query, window)).sort(latestFirst)
      rows.push(...found.filter((row) => after === null || latestFirst(row, { startedUs: after[0], sessionId: after[1] }) > 0))
      if (rows.length > query.limit) return rows.slice(0, query.limit + 1)
    }
    return rows
  }

  // Reading what a page shows costs more than finding its ids: as many at once as fill the page.
  private async *candidatesBack(query: SessionsQuery, span: Window): AsyncIterable<Candidates> {
    let wanted = firstLook(query)
    let ids = new Set<string>()
    let top = span.toUs
    let seen = 0
    for (let toUs = span.toUs; toUs > span.fromUs; ) {
      const fromUs = Math.max(span.fromUs, toUs - nextLookUs(FIRST_LOOK_US, { lookedUs: span.toUs - toUs, found: seen, wanted }))
      for (let end = toUs; end > fromUs; ) {
        const asked = wanted - ids.size
        const found = await this.candidates(query, { fromUs, toUs: end }, asked)
        for (const { id } of found) ids.add(id)
        seen += found.length
        end = found.length < asked ? fromUs : (found.at(-1)?.us ?? fromUs)
        if (ids.size < wanted) continue
        yield { ids: [...ids], window: { fromUs: end, toUs: top } }
        wanted = Math.min(wanted * GROWTH, MOST_CANDIDATES)
        ids = new Set()
        top = end
      }
      toUs = fromUs
    }
    if (ids.size > 0) yield { ids: [...ids], window: { fromUs: span.fromUs, toUs: top } }
  }

  private candidates(query: SessionsQuery, window: Window, limit: number): Promise<Candidate[]> {
    const { sql, params } = candidateRows(query, window)
    return this.store.query({
      name: 'api.sessions.candidates',
      sql: `SELECT toString(session_id) AS id, toUnixTimestamp64Micro(first_ts) AS us FROM session_rollups AS s WHERE ${sql}
        ORDER BY first_ts DESC LIMIT {candidates:UInt32} WITH TIES`,
      params: { ...params, candidates: limit, tenant: this.tenant },
      row: Candidate,
    })
  }
}

// A session that came in several inserts may be found by more than one row, and one that looks partial may be whole.
function firstLook(query: SessionsQuery): number {
  return Math.ceil((asksForSums(query) ? 3 : 1.1) * (query.limit + 1))
}

function latestFirst(a: Pick<ListedSession, 'startedUs' | 'sessionId'>, b: Pick<ListedSession, 'startedUs' | 'sessionId'>): number {
  if (a.startedUs !== b.startedUs) return b.startedUs - a.startedUs
  return a.sessionId < b.sessionId ? 1 : a.sessionId > b.sessionId ? -1 : 0
}
