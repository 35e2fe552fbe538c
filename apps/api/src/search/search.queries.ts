import { Protocol, printable } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { SearchHit, SearchQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import { instantOf } from '../http/instant.ts'
import type { Range } from '../http/range.ts'

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

const Place = z.tuple([z.int(), z.string(), z.int()])
const EXCERPT = 240

/** Looks for words in what was recorded of commands, statements and paths. */
export class SearchQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Newest first; one row more than the limit, when there is one. */
  page(query: SearchQuery, range: Range): Promise<HitRow[]> {
    const after = decodeCursor(query.cursor, Place)
    return this.store.query({
      name: 'api.search.page',
      sql: `SELECT toString(session_events.session_id) AS session_id, seq, elapsed_us, toUnixTimestamp64Micro(ts) AS ts_us, type,
          target_protocol AS protocol, target_name AS target, principal, root_principal, text
        FROM session_events
        WHERE tenant = {tenant:String} AND hasAllTokens(text, {words:String})
          AND ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
          ${after ? 'AND (ts_us, session_id, seq) < ({afterUs:Int64}, {afterSession:String}, {afterSeq:UInt32})' : ''}
        ORDER BY ts_us DESC, session_id DESC, seq DESC LIMIT 1 BY session_id, seq LIMIT {rows:UInt32}`,
      params: {
        tenant: this.tenant,
        ...range,
        words: query.q.toLowerCase(),
        rows: query.limit + 1,
        ...(after ? { afterUs: after[0], afterSession: after[1], afterSeq: after[2] } : {}),
      },
      row: HitRow,
    })
  }
}

export function hitOf(row: HitRow, words: string): SearchHit {
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
    excerpt: excerptOf(row.text, words),
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
