import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { ListedRow, type ListedSession, rolledUpSessions, type Said, type SessionRow, ShownRow, withSaid } from './session-row.ts'

// The whole key of each, so that each is found in the one granule that it stands in.
const AMONG = `(UUIDv7ToDateTime(session_id, 'UTC'), session_id) IN (
  SELECT UUIDv7ToDateTime(id, 'UTC'), id FROM (SELECT arrayJoin({ids:Array(UUID)}) AS id))`

/** A server takes 128 KiB a value. */
const IDS_A_QUERY = 2_000
const SaidSeq = z.object({ id: z.string(), seq: z.number() })

/** Sessions whose ids are known already, with all that there is to show of them. In no order; an unknown one is left out. */
export class SessionsById {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /**
   * What a list shows. What heartbeats said is asked of sessions that have not ended: nothing is named after an end, but where one
   * was forged, and that the session's own page tells, and verification.
   */
  async listed(ids: readonly string[]): Promise<ListedSession[]> {
    const rows = await this.read(ids, ListedRow)
    return this.withSaid(
      rows,
      rows.filter(({ endReason }) => endReason === null),
    )
  }

  /** What a page of its own shows. */
  async shown(ids: readonly string[]): Promise<SessionRow[]> {
    const rows = await this.read(ids, ShownRow)
    return this.withSaid(rows, rows)
  }

  private async read<R>(ids: readonly string[], row: z.ZodObject & z.ZodType<R>): Promise<R[]> {
    const read: R[] = []
    const sql = `SELECT ${Object.keys(row.shape).join(', ')} FROM (${rolledUpSessions(AMONG)})`
    for (const some of inQueries(ids)) {
      const params = { tenant: this.tenant, ids: some }
      read.push(...(await this.store.query({ name: 'api.sessions.byId', sql, params, row })))
    }
    return read
  }

  private async withSaid<R extends z.infer<typeof ListedRow>>(rows: readonly R[], asked: readonly R[]): Promise<(R & Said)[]> {
    const said = await this.said(asked.map(({ sessionId }) => sessionId))
    return rows.map((row) => withSaid(row, said.get(row.sessionId) ?? 0))
  }

  // Through a subquery: which shard holds what a gateway said of a session is not told by the session's id.
  private async said(ids: readonly string[]): Promise<Map<string, number>> {
    const said = new Map<string, number>()
    const sql = `SELECT toString(session_id) AS id, max(heartbeats.last_seq) AS seq FROM heartbeats
      WHERE tenant = {tenant:String} AND session_id IN (SELECT arrayJoin({ids:Array(UUID)})) GROUP BY session_id`
    for (const some of inQueries(ids)) {
      const params = { tenant: this.tenant, ids: some }
      for (const { id, seq } of await this.store.query({ name: 'api.sessions.said', sql, params, row: SaidSeq })) said.set(id, seq)
    }
    return said
  }
}

function* inQueries(ids: readonly string[]): Iterable<readonly string[]> {
  for (let from = 0; from < ids.length; from += IDS_A_QUERY) yield ids.slice(from, from + IDS_A_QUERY)
}
