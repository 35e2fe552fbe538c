import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Range } from '../../../http/range.ts'

const Row = z.object({ gateway: z.string(), arrivals: z.int(), leastDelayUs: z.int() })

/**
 * What is known of gateways' clocks: how long after its own time the quickest event of each was stored, by the store's clock. Nothing is
 * stored before it happens: below zero, that gateway's clock is ahead by at least so much. How far one is behind cannot be told from
 * how long its events took. Arrivals are kept for 30 days.
 */
export async function clocksOf(store: Store, tenant: string, span: Range) {
  const rows = await store.query({
    name: 'api.package.clocks',
    sql: `SELECT gateway, toInt64(count()) AS arrivals, min(toUnixTimestamp64Micro(stored_at) - toUnixTimestamp64Micro(last_ts)) AS leastDelayUs
      FROM arrivals INNER JOIN (
        SELECT session_id AS id, max(toString(gateway_id)) AS gateway FROM session_rollups WHERE tenant = {tenant:String} AND target_protocol != ''
        GROUP BY session_id
      ) AS streams ON streams.id = arrivals.session_id
      WHERE tenant = {tenant:String} AND last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC')
        AND first_ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
      GROUP BY gateway ORDER BY gateway`,
    params: { tenant, ...span },
    row: Row,
  })
  const gateways = rows.map((row) => ({ ...row, aheadAtLeastUs: Math.max(0, -row.leastDelayUs) }))
  const delays = rows.map(({ leastDelayUs }) => leastDelayUs)
  const apartUs = delays.length < 2 ? null : Math.max(...delays) - Math.min(...delays)
  return {
    gateways,
    // Both a clock that is off and a slow way to the store look so.
    apartUs,
    note: 'leastDelayUs: from the time that the gateway gave an event until it was stored, by the clock of the store, the least of all. Below zero that clock is ahead. Within a stream, order by seq and never by time.',
  }
}
