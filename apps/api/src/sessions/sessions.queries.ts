import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { SessionSortField, SessionsQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import type { Range } from '../http/range.ts'
import { asksForSums, candidateRows, isTellableByRow, rowsOfCandidates } from './candidates.ts'
import { NewestSessions } from './newest-sessions.ts'
import { conditionOf, sortColumns } from './session-filter.ts'
import { type ListedSession, rolledUpSessions, type SessionRow, sessionsWithWholeness } from './session-row.ts'
import { SessionsById } from './sessions-by-id.ts'
import { windowsBack } from './time-windows.ts'

export type SortedRow = ListedSession & { sort_key: string | number }

const SortKey = z.tuple([z.union([z.string(), z.number()]), z.string()])
const Place = z.object({ id: z.string(), sort_key: z.union([z.string(), z.number()]) })
/** Nobody counts further: a list that long is narrowed, not read. */
export const MOST_COUNTED = 10_000
const Count = z.object({ count: z.number() })

export const IN_LAST_31_DAYS = "toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) >= now('UTC') - INTERVAL 31 DAY"

export class SessionsQueries {
  private readonly byId: SessionsById
  private readonly latest: NewestSessions

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.byId = new SessionsById(store, tenant)
    this.latest = new NewestSessions(store, tenant, this.byId)
  }

  /** One row more than the limit, when there is one. */
  list(query: SessionsQuery, range: Range): Promise<SortedRow[]> {
    return query.sort === '-startedAt' ? this.newest(query, range) : this.sorted(query, range)
  }

  private async newest(query: SessionsQuery, range: Range): Promise<SortedRow[]> {
    const cursor = decodeCursor(query.cursor, z.tuple([z.number(), z.string()]))
    const span = { ...range, toUs: cursor ? Math.min(range.toUs, cursor[0] + 1) : range.toUs }
    return (await this.latest.page(query, span, cursor)).map((row) => ({ ...row, sort_key: row.startedUs }))
  }

  // Every session of the range is added up, by the columns that are asked for; only those of the page are then read whole.
  private async sorted(query: SessionsQuery, range: Range): Promise<SortedRow[]> {
    const isDescending = query.sort.startsWith('-')
    const field = query.sort.replace('-', '') as SessionSortField
    const column = sortColumns[field]
    const cursor = decodeCursor(query.cursor, SortKey)
    const { sql, params } = this.matching(query, range, field)
    const after = cursor
      ? `AND (sort_key, toString(sessionId)) ${isDescending ? '<' : '>'} ({afterKey:${column.type}}, {afterId:String})`
      : ''
    const order = isDescending ? 'DESC' : 'ASC'
    const places = await this.store.query({
      name: 'api.sessions.sorted',
      sql: `SELECT toString(sessionId) AS id, ${column.sql} AS sort_key FROM (${sql.from}) WHERE ${sql.where} ${after}
        ORDER BY sort_key ${order}, id ${order} LIMIT {rows:UInt32}`,
      params: { ...params, rows: query.limit + 1, ...(cursor ? { afterKey: cursor[0], afterId: cursor[1] } : {}) },
      row: Place,
    })
    const rows = new Map((await this.byId.listed(places.map(({ id }) => id))).map((row) => [row.sessionId, row]))
    return places.flatMap(({ id, sort_key }) => {
      const row = rows.get(id)
      return row ? [{ ...row, sort_key }] : []
    })
  }

  /** How many there are, up to MOST_COUNTED. */
  async count(query: SessionsQuery, range: Range): Promise<number> {
    if (isTellableByRow(query) && !query.q) return this.countRows(query, range)
    let counted = 0
    for (const window of windowsBack(range)) {
      counted += await (isTellableByRow(query) ? this.countRows(query, window) : this.countExactly(query, window))
      if (counted >= MOST_COUNTED) return MOST_COUNTED
    }
    return counted
  }

  // A later row of a session that began before the window is told by the session's id, which carries its start.
  private async countRows(query: SessionsQuery, window: Range): Promise<number> {
    const { sql, params } = candidateRows(query, window)
    const rows = await this.store.query({
      name: 'api.sessions.countRows',
      sql: `SELECT count() AS count FROM (
          SELECT DISTINCT session_id FROM session_rollups AS s
          WHERE ${sql} AND UUIDv7ToDateTime(session_id, 'UTC') >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 1 SECOND
          LIMIT {most:UInt32})`,
      params: { ...params, tenant: this.tenant, most: MOST_COUNTED },
      row: Count,
    })
    return rows[0]?.count ?? 0
  }

  private async countExactly(query: SessionsQuery, window: Range): Promise<number> {
    const { sql, params } = this.matching(query, window)
    const counting = `SELECT count() AS count FROM (${sql.from}) WHERE ${sql.where}`
    const rows = await this.store.query({ name: 'api.sessions.count', sql: counting, params, row: Count })
    return rows[0]?.count ?? 0
  }

  async hasAny(): Promise<boolean> {
    const sql =
      "SELECT count() AS count FROM (SELECT 1 FROM session_rollups WHERE tenant = {tenant:String} AND target_protocol != '' LIMIT 1)"
    const rows = await this.store.query({ name: 'api.sessions.hasAny', sql, params: { tenant: this.tenant }, row: Count })
    return (rows[0]?.count ?? 0) > 0
  }

  async find(session: string): Promise<SessionRow | null> {
    return (await this.findAll([session]))[0] ?? null
  }

  findAll(sessions: readonly string[]): Promise<SessionRow[]> {
    return this.byId.shown(sessions)
  }

  /** Sessions that have not ended, newest first. A run lives 30 days at most, and its sessions no longer. */
  async open(limit: number): Promise<ListedSession[]> {
    const mayBeOpen = `session_id IN (SELECT session_id FROM session_rollups
      WHERE tenant = {tenant:String} AND ${IN_LAST_31_DAYS} AND end_reason = '' AND target_protocol != '')`
    const places = await this.store.query({
      name: 'api.sessions.open',
      sql: `SELECT toString(sessionId) AS id, startedUs AS sort_key FROM (${rolledUpSessions(`${IN_LAST_31_DAYS} AND ${mayBeOpen}`)})
        WHERE result = 'open' ORDER BY sort_key DESC LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, rows: limit },
      row: Place,
    })
    const rows = await this.byId.listed(places.map(({ id }) => id))
    return rows.sort((a, b) => b.startedUs - a.startedUs)
  }

  private matching(query: SessionsQuery, range: Range, sort?: SessionSortField) {
    const [condition, rows] = [conditionOf(query, range), rowsOfCandidates(query, range)]
    const isWhole = asksForSums(query) || sort === 'completeness'
    const candidates = candidateRows(query, range)
    const isCandidate = `session_id IN (SELECT session_id FROM session_rollups AS s WHERE ${candidates.sql})`
    const narrowed = isWhole || query.outcome?.length ? `${rows.sql} AND ${isCandidate}` : rows.sql
    const from = isWhole ? sessionsWithWholeness(narrowed, isCandidate) : rolledUpSessions(narrowed)
    return { sql: { from, where: condition.sql }, params: { ...condition.params, ...candidates.params, tenant: this.tenant } }
  }
}
