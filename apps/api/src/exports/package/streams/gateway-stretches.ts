import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { recordedRuns } from '../population/runs.ts'
import type { Requester, Scope } from '../scope.ts'
import type { Stretch } from './recorded-stream.ts'

const Row = z.object({ id: z.string(), gateway: z.string(), from: z.int(), to: z.int(), inSpan: z.int() })

export type GatewayStretch = Stretch & { gateway: string }

/**
 * What gateways said of themselves in the span: runs, refusals, heartbeats. Of each stream one stretch without a hole, and it reaches
 * back to where a member's run was announced. Streams of nothing but views are not among them: views stand in their own table.
 */
export async function gatewayStretches(
  store: Store,
  { tenant }: Requester,
  { span, members }: Scope,
  madeAtUs: number,
): Promise<GatewayStretch[]> {
  const announced = new Map<string, number[]>()
  for await (const { id, started, revoked } of recordedRuns(store, tenant, madeAtUs)) {
    if (!members?.runs.has(id)) continue
    for (const event of [started, ...(revoked ? [revoked] : [])]) {
      announced.set(event.sessionId, [...(announced.get(event.sessionId) ?? []), event.seq])
    }
  }
  const rows = await store.query({
    name: 'api.package.gatewayStretches',
    sql: `SELECT toString(session_id) AS id, max(toString(gateway_id)) AS gateway,
        minIf(seq, ${IN_SPAN}) AS from, maxIf(seq, ${IN_SPAN}) AS to, toInt64(countIf(${IN_SPAN})) AS inSpan
      FROM session_events
      WHERE tenant = {tenant:String} AND ts < fromUnixTimestamp64Micro({madeAtUs:Int64}, 'UTC') AND session_id = boot_id AND target_protocol = ''
        AND session_id IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String}
          AND (last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') OR session_id IN (SELECT arrayJoin({named:Array(UUID)}))))
      GROUP BY session_id
      HAVING countIf(type != 'recording.viewed') > 0 AND (countIf(${IN_SPAN}) > 0 OR session_id IN (SELECT arrayJoin({named:Array(UUID)})))
      ORDER BY min(ts), id`,
    params: { tenant, ...span, madeAtUs, named: [...announced.keys()] },
    row: Row,
  })
  return rows.map(({ id, gateway, from, to, inSpan }) => {
    const seqs = [...(announced.get(id) ?? []), ...(inSpan > 0 ? [from, to] : [])]
    return { id, gateway, from: Math.min(...seqs), to: Math.max(...seqs), lastSeqSaid: null }
  })
}

const IN_SPAN = `ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')`
