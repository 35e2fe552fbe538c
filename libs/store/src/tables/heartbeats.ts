import { z } from 'zod'
import { knownSessions } from '../named-tails.ts'
import type { Store } from '../store.ts'

export const HeartbeatRow = z.object({
  gatewayId: z.string(),
  bootId: z.string(),
  sessionId: z.string(),
  lastSeq: z.int(),
  /** When the gateway last said so: microseconds since the epoch, in decimal. */
  ts: z.string(),
})
export type HeartbeatRow = z.infer<typeof HeartbeatRow>

/** What gateways said of their sessions. Fed from `gateway.heartbeat` events by a view. */
export class Heartbeats {
  constructor(private readonly store: Store) {}

  /** The last of each gateway's boots, latest first: is a gateway still there? */
  gateways(tenant: string): Promise<HeartbeatRow[]> {
    return this.store.query({
      name: 'heartbeats.gateways',
      sql: `${SELECT} AND session_id = boot_id GROUP BY tenant, gateway_id, boot_id, session_id ORDER BY max(heartbeats.ts) DESC, boot_id`,
      params: { tenant },
      row: HeartbeatRow,
    })
  }

  /** The highest seq that any heartbeat named for this session, as its own content says; null when none did. */
  async expectedLastSeq(tenant: string, session: string): Promise<number | null> {
    const [known] = await knownSessions(this.store, { tenant, session, after: '', limit: 1 })
    return known?.expectedLastSeq ?? null
  }
}

const SELECT = `SELECT gateway_id AS gatewayId, boot_id AS bootId, session_id AS sessionId, max(heartbeats.last_seq) AS lastSeq,
    toString(toUnixTimestamp64Micro(max(heartbeats.ts))) AS ts
  FROM heartbeats WHERE tenant = {tenant:String}`
