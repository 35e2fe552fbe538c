import { z } from 'zod'
import type { Store } from '../store.ts'
import type { OldSession } from './held-sessions.ts'

const OldSessionRow = z.object({ sessionId: z.string(), firstUs: z.int(), lastUs: z.int(), lastSeq: z.int(), events: z.int() })

/**
 * Sessions, and gateways' own streams, of which nothing has been heard since: neither an event nor a heartbeat that named them.
 * @param beforeUs microseconds since the epoch
 */
export function oldSessions(store: Store, tenant: string, beforeUs: number): AsyncIterable<OldSession> {
  return store.stream({
    name: 'retention.oldSessions',
    sql: `SELECT session_id AS sessionId, toUnixTimestamp64Micro(min(s.first_ts)) AS firstUs, toUnixTimestamp64Micro(max(s.last_ts)) AS lastUs,
        max(s.last_seq) AS lastSeq, groupBitmapMerge(s.seqs) AS events
      FROM session_rollups AS s
      WHERE tenant = {tenant:String}
        AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) < fromUnixTimestamp64Micro({beforeUs:Int64}, 'UTC')
        AND session_id NOT IN (SELECT session_id FROM heartbeats
          WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Micro({beforeUs:Int64}))
      GROUP BY session_id HAVING lastUs < {beforeUs:Int64}`,
    params: { tenant, beforeUs },
    row: OldSessionRow,
  })
}

/** Tenants of which there is anything. */
export async function tenantsOf(store: Store): Promise<string[]> {
  const sql = 'SELECT DISTINCT toString(tenant) AS tenant FROM session_rollups ORDER BY tenant'
  const rows = await store.query({ name: 'retention.tenants', sql, row: z.object({ tenant: z.string() }) })
  return rows.map(({ tenant }) => tenant)
}
