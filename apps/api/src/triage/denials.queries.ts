import type { Store } from '@hoptrace/store'
import type { Denial } from '../contract/index.ts'
import { EventRow, eventOf } from '../events/event-row.ts'
import { instantOf } from '../http/instant.ts'
import { maskAddress, maskText } from '../masking/mask-text.ts'

/** Refused attempts, newest first. Whose run it was stands in the body: a gateway's own stream belongs to nobody. */
export async function recentDenials(store: Store, tenant: string, sinceUs: number, limit: number): Promise<Denial[]> {
  const rows = await store.query({
    name: 'api.denials.recent',
    sql: `SELECT seq, content, hash FROM session_events FINAL
      WHERE tenant = {tenant:String} AND type = 'access.decided' AND outcome != 'allow'
        AND ts >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')
      ORDER BY ts DESC, session_id, seq DESC LIMIT {rows:UInt32}`,
    params: { tenant, sinceUs, rows: limit },
    row: EventRow,
  })
  return rows.flatMap((row) => denialOf(row) ?? [])
}

export function denialOf(row: EventRow): Denial | null {
  const event = eventOf(row)
  if (event.type !== 'access.decided') return null
  const { reason, message, asked, by, origin } = event.body
  return {
    at: { sessionId: event.sessionId, seq: event.seq },
    deniedAt: instantOf(event.ts),
    reason,
    ...asked,
    ...(asked.action === undefined ? {} : { action: maskAddress(asked.action) }),
    principal: by?.principal ?? event.principal,
    rootPrincipal: by?.rootPrincipal ?? event.rootPrincipal,
    run: by?.run ?? event.run,
    originAddress: origin?.address ?? event.origin?.address ?? null,
    message: message && maskText(message),
  }
}
