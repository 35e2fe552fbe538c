import { z } from 'zod'
import type { InsertRow } from '../rows.ts'
import type { InsertOptions, Store } from '../store.ts'

/** A row of `session_events` as it is inserted. `ts` is microseconds since the epoch, in decimal. */
export type SessionEventInsert = {
  tenant: string
  session_id: string
  seq: number
  ts: string
  elapsed_us: number
  gateway_id: string
  boot_id: string
  run: string | null
  principal: string | null
  root_principal: string | null
  lineage: readonly string[]
  origin_address: string
  origin_port: number
  origin_client: string | null
  target_name: string
  target_protocol: string
  target_address: string
  target_account: string
  type: string
  outcome: string
  is_failure: boolean
  text: string
  content: string
  prev_hash: string
  hash: string
}

/** An event as it is read back. `content` is the canonical JSON that `hash` proves; parse it for the event. */
export const SessionEventRow = z
  .object({
    sessionId: z.string(),
    seq: z.int(),
    /** Microseconds since the epoch, in decimal. */
    ts: z.string(),
    type: z.string(),
    content: z.string(),
    hash: z.string(),
  })
  .transform((row) => ({ ...row, prevHash: prevHashIn(row.content) }))
export type SessionEventRow = z.infer<typeof SessionEventRow>

// Each column is a file to open: what the content says anyway is not read beside it.
const COLUMNS = 'session_id AS sessionId, seq, toString(toUnixTimestamp64Micro(ts)) AS ts, type, content, hash'

const PREV_HASH = '"prevHash":"'
const HASH_DIGITS = 64

// Parsing the content for it would cost more than all else of a read. Of the members that are an event's own none comes twice, and after
// this one no body comes; inside a string its quotes would be escaped. Empty where there is none.
function prevHashIn(content: string): string {
  const at = content.lastIndexOf(PREV_HASH)
  return at < 0 ? '' : content.slice(at + PREV_HASH.length, at + PREV_HASH.length + HASH_DIGITS)
}

/** The whole key's beginning: with it one session is read without looking at any other. */
const OF_SESSION = `tenant = {tenant:String}
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))
  AND session_id = {session:UUID}`

/** Of what lists, searches and chains are made of. NULL reads as the empty text on both sides. */
const IS_LIKE_CONTENT = `tenant = JSONExtractString(content, 'tenant') AND prev_hash = JSONExtractString(content, 'prevHash')
  AND toString(boot_id) = JSONExtractString(content, 'bootId') AND gateway_id = JSONExtractString(content, 'gatewayId')
  AND ifNull(toString(run), '') = JSONExtractString(content, 'run')
  AND ifNull(principal, '') = JSONExtractString(content, 'principal')
  AND ifNull(root_principal, '') = JSONExtractString(content, 'rootPrincipal')
  AND arrayMap(id -> toString(id), lineage) = JSONExtract(content, 'lineage', 'Array(String)')
  AND origin_address = JSONExtractString(content, 'origin', 'address')
  AND target_name = JSONExtractString(content, 'target', 'name') AND target_account = JSONExtractString(content, 'target', 'account')
  AND target_address = JSONExtractString(content, 'target', 'address')
  AND toString(toUnixTimestamp64Micro(ts)) = JSONExtractString(content, 'ts') AND elapsed_us = JSONExtractUInt(content, 'elapsedUs')`

export type SeqRange = { from?: number; to?: number }
const LAST_SEQ = 4_294_967_295
/** Seqs that one page spans, behind a page of small events and behind one of large ones. */
const WIDE_PAGE = 256
const NARROW_PAGE = 32
/** Characters of content up to which a page is one of small events. */
const SMALL_PAGE = 2 * 1024 * 1024

/** The events of every session, and of every gateway's own stream. */
export class SessionEvents {
  constructor(private readonly store: Store) {}

  insert(rows: readonly InsertRow[], options?: InsertOptions): Promise<void> {
    return this.store.insert('session_events', rows, options)
  }

  /** In the order of seq; two contents under one seq follow each other in the order of their hashes. */
  findBySession(tenant: string, session: string, range: SeqRange = {}): Promise<SessionEventRow[]> {
    return this.read('sessionEvents.findBySession', tenant, session, range)
  }

  /**
   * As `findBySession`, row by row: for sessions of any length. Reads pages by seq: a stream over the whole session
   * would begin with a block of every part that holds some of it, which takes hundreds of megabytes.
   */
  async *streamBySession(tenant: string, session: string, { from = 0, to = LAST_SEQ }: SeqRange = {}): AsyncIterable<SessionEventRow> {
    let width = NARROW_PAGE
    for (let next: number | null = from; next !== null && next <= to; ) {
      const end: number = Math.min(next + width - 1, to)
      const page = await this.read('sessionEvents.streamBySession', tenant, session, { from: next, to: end })
      yield* page
      width = page.reduce((sum, row) => sum + row.content.length, 0) < SMALL_PAGE ? WIDE_PAGE : NARROW_PAGE
      // Seqs may be missing by the million: an empty page asks where the next one is.
      next = page.length > 0 ? end + 1 : await this.seqFrom(tenant, session, end + 1)
    }
  }

  /** More than one when the recording holds a conflict. */
  find(tenant: string, session: string, seq: number): Promise<SessionEventRow[]> {
    return this.read('sessionEvents.find', tenant, session, { from: seq, to: seq })
  }

  private async seqFrom(tenant: string, session: string, from: number): Promise<number | null> {
    if (from > LAST_SEQ) return null
    const rows = await this.store.query({
      name: 'sessionEvents.seqFrom',
      sql: `SELECT minOrNull(seq) AS next FROM session_events PREWHERE ${OF_SESSION} WHERE seq >= {from:UInt32}`,
      params: { tenant, session, from },
      row: z.object({ next: z.int().nullable() }),
    })
    return rows[0]?.next ?? null
  }

  /** Seqs whose columns say other than their content of whose the event was, where and when. The first 1000. */
  async seqsUnlikeContent(tenant: string, session: string): Promise<number[]> {
    const rows = await this.store.query({
      name: 'sessionEvents.seqsUnlikeContent',
      sql: `SELECT DISTINCT seq FROM session_events WHERE ${OF_SESSION} AND NOT (${IS_LIKE_CONTENT}) ORDER BY seq LIMIT 1000`,
      params: { tenant, session },
      row: z.object({ seq: z.int() }),
    })
    return rows.map(({ seq }) => seq)
  }

  private async read(name: string, tenant: string, session: string, range: SeqRange): Promise<SessionEventRow[]> {
    const rows = await this.store.query(bySession(name, tenant, session, range))
    return rows.filter((row, i) => !isRedelivered(row, rows[i - 1] ?? null))
  }
}

// Rows come in the order of the key, so that what was delivered twice and is not merged yet stands side by side: no FINAL is needed.
function isRedelivered(row: SessionEventRow, previous: SessionEventRow | null): boolean {
  return previous !== null && previous.seq === row.seq && previous.hash === row.hash
}

function bySession(name: string, tenant: string, session: string, { from = 0, to = LAST_SEQ }: SeqRange) {
  return {
    name,
    sql: `SELECT ${COLUMNS} FROM session_events
      PREWHERE ${OF_SESSION} WHERE seq BETWEEN {from:UInt32} AND {to:UInt32}
      ORDER BY session_events.seq, session_events.hash`,
    params: { tenant, session, from, to },
    row: SessionEventRow,
  }
}
