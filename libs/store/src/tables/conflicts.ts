import { z } from 'zod'
import type { Store } from '../store.ts'

/** A session of which two different events stand under one seq. Both are kept. */
export const ConflictRow = z.object({
  tenant: z.string(),
  sessionId: z.string(),
  /** The first seq that it is so of. */
  seq: z.int(),
  /** When the later of the two was stored: microseconds since the epoch, in decimal. */
  storedAt: z.string(),
})
export type ConflictRow = z.infer<typeof ConflictRow>

const Found = z.object({ tenant: z.string(), sessionId: z.string(), storedAt: z.string(), total: z.int() })
const Seq = z.object({ tenant: z.string(), sessionId: z.string(), seq: z.int() })

/** Sessions in conflict among those that events arrived of. */
export type ConflictsFound = { count: number; newest: ConflictRow[] }

/** What was recorded twice, differently: somebody forged it, or a recorder's state was copied. */
export class Conflicts {
  constructor(private readonly store: Store) {}

  /**
   * Looks at sessions of which something was stored since, by their roll-up alone. Newest first.
   * @param tenant null: of every tenant
   * @param sinceUs microseconds since the epoch; arrivals are kept for 30 days
   */
  async since(tenant: string | null, sinceUs: number, limit = 20): Promise<ConflictsFound> {
    const own = tenant === null ? '' : 'AND tenant = {tenant:String}'
    const arrived = `stored_at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') ${own}`
    const rows = await this.store.query({
      name: 'conflicts.since',
      sql: `SELECT tenant, sessionId, toString(toUnixTimestamp64Micro(max(stored_at))) AS storedAt, toUInt32(count() OVER ()) AS total
        FROM arrivals INNER JOIN (
          SELECT tenant AS conflictTenant, toString(session_id) AS sessionId FROM session_rollups
          WHERE session_id IN (SELECT DISTINCT session_id FROM arrivals WHERE ${arrived}) ${own}
            AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (
              SELECT DISTINCT toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) FROM arrivals WHERE ${arrived})
          GROUP BY tenant, session_id HAVING uniqExactMerge(hashes) > groupBitmapMerge(seqs)
        ) AS conflicts ON conflicts.sessionId = toString(arrivals.session_id) AND conflicts.conflictTenant = arrivals.tenant
        WHERE ${arrived}
        GROUP BY tenant, sessionId ORDER BY max(stored_at) DESC, sessionId LIMIT {limit:UInt32}`,
      params: { sinceUs, limit, ...(tenant === null ? {} : { tenant }) },
      row: Found,
    })
    const seqs = await this.firstSeqs(rows.map(({ sessionId }) => sessionId))
    const newest = rows.map(({ tenant, sessionId, storedAt }) => ({
      tenant,
      sessionId,
      seq: seqs.get(keyOf(tenant, sessionId)) ?? 0,
      storedAt,
    }))
    return { count: rows[0]?.total ?? 0, newest }
  }

  private async firstSeqs(sessions: readonly string[]): Promise<Map<string, number>> {
    if (sessions.length === 0) return new Map()
    const rows = await this.store.query({
      name: 'conflicts.firstSeqs',
      sql: `SELECT tenant, toString(session_id) AS sessionId, min(seq) AS seq FROM (
          SELECT tenant, session_id, seq FROM session_events
          WHERE session_id IN {sessions:Array(UUID)} AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (
            SELECT DISTINCT toStartOfHour(UUIDv7ToDateTime(arrayJoin({sessions:Array(UUID)}), 'UTC')))
          GROUP BY tenant, session_id, seq HAVING uniqExact(hash) > 1
        ) GROUP BY tenant, session_id`,
      params: { sessions },
      row: Seq,
    })
    return new Map(rows.map(({ tenant, sessionId, seq }) => [keyOf(tenant, sessionId), seq]))
  }
}

function keyOf(tenant: string, sessionId: string): string {
  return `${sessionId} ${tenant}`
}
