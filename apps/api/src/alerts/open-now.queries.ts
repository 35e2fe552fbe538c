import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { IN_LAST_31_DAYS } from '../sessions/sessions.queries.ts'

const MAX_SESSIONS = 200

/** Sessions of these runs that have not ended, newest first, at most 200. A run lives 30 days at most, and its sessions no longer. */
export async function openSessionsOf(store: Store, tenant: string, runs: readonly string[]): Promise<string[]> {
  if (runs.length === 0) return []
  const rows = await store.query({
    name: 'api.alerts.openSessions',
    sql: `SELECT toString(session_id) AS id FROM session_rollups WHERE tenant = {tenant:String} AND ${IN_LAST_31_DAYS}
        AND session_id IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String} AND ${IN_LAST_31_DAYS} AND has({runs:Array(UUID)}, run))
      GROUP BY session_id HAVING max(end_reason) = '' AND max(target_protocol) != '' ORDER BY session_id DESC LIMIT {most:UInt32}`,
    params: { tenant, runs, most: MAX_SESSIONS },
    row: z.object({ id: z.string() }),
  })
  return rows.map(({ id }) => id)
}
