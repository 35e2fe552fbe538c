import type { Store } from '@hoptrace/store'
import { z } from 'zod'

/**
 * Streams that hold views beside something else. Who viewed what is an auditor's to know: whoever is none is told of such a stream by its
 * links alone. It is not left out, or whoever can add a view to a session could keep it out of exports.
 */
export async function streamsWithViews(store: Store, tenant: string): Promise<ReadonlySet<string>> {
  const rows = await store.query({
    name: 'api.package.streamsWithViews',
    sql: `SELECT toString(session_id) AS id FROM session_events WHERE tenant = {tenant:String} AND session_id IN (
        SELECT session_id FROM session_events WHERE tenant = {tenant:String} AND type = 'recording.viewed')
      GROUP BY session_id HAVING countIf(type != 'recording.viewed') > 0`,
    params: { tenant },
    row: z.object({ id: z.string() }),
  })
  return new Set(rows.map(({ id }) => id))
}
