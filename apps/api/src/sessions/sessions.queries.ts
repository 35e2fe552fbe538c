import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { SessionSortField, SessionsQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import type { Range } from '../http/range.ts'
import { conditionOf, sortColumns } from './session-filter.ts'
import { rolledUpSessions, SessionRow } from './session-row.ts'

const SortedRow = SessionRow.extend({ sort_key: z.union([z.string(), z.number()]) })
export type SortedRow = z.infer<typeof SortedRow>

const SortKey = z.tuple([z.union([z.string(), z.number()]), z.string()])
const Count = z.object({ count: z.number() })

// A session's id carries its start, so that the key alone leaves other days out. A day's margin: clocks differ.
const NEAR_RANGE = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 1 DAY
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC') + INTERVAL 1 DAY`

export const IN_LAST_31_DAYS = "toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) >= now('UTC') - INTERVAL 31 DAY"

const HOLDS_WORDS = `session_id IN (
  SELECT session_id FROM session_events WHERE tenant = {tenant:String} AND hasAllTokens(text, {words:String}))`

export class SessionsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** One row more than the limit, when there is one. */
  list(query: SessionsQuery, range: Range): Promise<SortedRow[]> {
    const isDescending = query.sort.startsWith('-')
    const column = sortColumns[query.sort.replace('-', '') as SessionSortField]
    const cursor = decodeCursor(query.cursor, SortKey)
    const { sql, params } = this.matching(query, range)
    const after = cursor
      ? `AND (sort_key, toString(sessionId)) ${isDescending ? '<' : '>'} ({afterKey:${column.type}}, {afterId:String})`
      : ''
    const order = isDescending ? 'DESC' : 'ASC'
    return this.store.query({
      name: 'api.sessions.list',
      sql: `SELECT *, ${column.sql} AS sort_key FROM (${sql.from}) WHERE ${sql.where} ${after}
        ORDER BY sort_key ${order}, toString(sessionId) ${order} LIMIT {rows:UInt32}`,
      params: { ...params, rows: query.limit + 1, ...(cursor ? { afterKey: cursor[0], afterId: cursor[1] } : {}) },
      row: SortedRow,
    })
  }

  async count(query: SessionsQuery, range: Range): Promise<number> {
    const { sql, params } = this.matching(query, range)
    const rows = await this.store.query({
      name: 'api.sessions.count',
      sql: `SELECT count() AS count FROM (${sql.from}) WHERE ${sql.where}`,
      params,
      row: Count,
    })
    return rows[0]?.count ?? 0
  }

  async hasAny(): Promise<boolean> {
    const sql = "SELECT count() AS count FROM (SELECT 1 FROM sessions WHERE tenant = {tenant:String} AND target_protocol != '' LIMIT 1)"
    const rows = await this.store.query({ name: 'api.sessions.hasAny', sql, params: { tenant: this.tenant }, row: Count })
    return (rows[0]?.count ?? 0) > 0
  }

  async find(session: string): Promise<SessionRow | null> {
    return (await this.findAll([session]))[0] ?? null
  }

  findAll(sessions: readonly string[]): Promise<SessionRow[]> {
    if (sessions.length === 0) return Promise.resolve([])
    return this.store.query({
      name: 'api.sessions.findAll',
      sql: rolledUpSessions('session_id IN {sessions:Array(UUID)}'),
      params: { tenant: this.tenant, sessions },
      row: SessionRow,
    })
  }

  /** Sessions that have not ended, newest first. A run lives 30 days at most, and its sessions no longer. */
  open(limit: number): Promise<SessionRow[]> {
    return this.store.query({
      name: 'api.sessions.open',
      sql: `SELECT * FROM (${rolledUpSessions(IN_LAST_31_DAYS)}) WHERE result = 'open' ORDER BY startedUs DESC LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, rows: limit },
      row: SessionRow,
    })
  }

  private matching(query: SessionsQuery, range: Range) {
    const condition = conditionOf(query, range)
    const words = query.q?.trim().toLowerCase()
    const from = rolledUpSessions(words ? `${NEAR_RANGE} AND ${HOLDS_WORDS}` : NEAR_RANGE)
    const params = { ...condition.params, tenant: this.tenant, ...(words ? { words } : {}) }
    return { sql: { from, where: condition.sql }, params }
  }
}
