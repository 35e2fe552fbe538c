import { Protocol, printable } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { SearchHit, SearchQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import { instantOf } from '../http/instant.ts'
import type { Range } from '../http/range.ts'
import { MARK } from '../masking/mask-event.ts'
import { hidden, secretSpans } from '../masking/secret-ranges.ts'
import { HitPlace, HitPlaces } from './hit-places.ts'

const HitRow = z.object({
  session_id: z.string(),
  seq: z.number(),
  elapsed_us: z.number(),
  ts_us: z.number(),
  type: z.string(),
  protocol: z.string(),
  target: z.string(),
  principal: z.string().nullable(),
  root_principal: z.string().nullable(),
  text: z.string(),
})
type HitRow = z.infer<typeof HitRow>

const EXCERPT = 240

/** Looks for words in what was recorded of commands, statements and paths. */
export class SearchQueries {
  private readonly places: HitPlaces

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.places = new HitPlaces(store, tenant)
  }

  /** Newest first; one row more than the limit, when there is one. */
  async page(query: SearchQuery, range: Range): Promise<HitRow[]> {
    const words = query.q.toLowerCase()
    const places = await this.places.newest(words, range, decodeCursor(query.cursor, HitPlace), query.limit + 1)
    const rows = await this.at(places, words)
    const byPlace = new Map(rows.map((row) => [keyOf(row.session_id, row.seq), row]))
    return places.flatMap(([, session, seq]) => byPlace.get(keyOf(session, seq)) ?? [])
  }

  // Of two contents under one seq the one that holds the words is shown.
  private at(places: readonly HitPlace[], words: string): Promise<HitRow[]> {
    if (places.length === 0) return Promise.resolve([])
    return this.store.query({
      name: 'api.search.page',
      sql: `SELECT toString(session_events.session_id) AS session_id, seq, elapsed_us, toUnixTimestamp64Micro(ts) AS ts_us, type,
          target_protocol AS protocol, target_name AS target, principal, root_principal, text
        FROM session_events
        WHERE tenant = {tenant:String} AND (toStartOfHour(UUIDv7ToDateTime(session_events.session_id, 'UTC')), session_events.session_id, seq) IN (
          SELECT toStartOfHour(UUIDv7ToDateTime(place.1, 'UTC')), place.1, place.2
          FROM (SELECT arrayJoin(arrayZip({sessions:Array(UUID)}, {seqs:Array(UInt32)})) AS place))
        ORDER BY hasAllTokens(lower(text), {words:String}) DESC LIMIT 1 BY session_id, seq`,
      params: { tenant: this.tenant, words, sessions: places.map(([, session]) => session), seqs: places.map(([, , seq]) => seq) },
      row: HitRow,
    })
  }
}

const keyOf = (session: string, seq: number) => `${session} ${seq}`

/** The words around the match; secrets in them hidden, and how many that were, unless they are revealed. */
export function hitOf(row: HitRow, words: string, isRevealed: boolean): { hit: SearchHit; masked: number } {
  const spans = isRevealed ? [] : secretSpans(row.text)
  const excerpt = excerptOf(hidden(row.text, spans, MARK), words)
  return { hit: { ...placeOf(row), excerpt }, masked: spans.length }
}

function placeOf(row: HitRow): Omit<SearchHit, 'excerpt'> {
  const protocol = Protocol.safeParse(row.protocol)
  return {
    sessionId: row.session_id,
    seq: row.seq,
    ms: row.elapsed_us / 1000,
    at: instantOf(BigInt(row.ts_us)),
    type: row.type,
    protocol: protocol.success ? protocol.data : null,
    target: row.target || null,
    principal: row.principal,
    rootPrincipal: row.root_principal,
  }
}

/** The text around the first of the words that stands in it. */
export function excerptOf(text: string, words: string): string {
  const found = words
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => text.toLowerCase().indexOf(word))
    .filter((at) => at >= 0)
  const start = found.length === 0 ? 0 : Math.max(0, Math.min(...found) - EXCERPT / 4)
  const cut = text.slice(start, start + EXCERPT)
  return printable(`${start > 0 ? '…' : ''}${cut}${start + EXCERPT < text.length ? '…' : ''}`)
}
