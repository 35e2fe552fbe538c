import { z } from 'zod'
import type { Store } from '../store.ts'

/** A refused attempt at an access, addressed by the event that recorded it. */
export const DenialRow = z.object({
  sessionId: z.string(),
  seq: z.int(),
  hash: z.string(),
  /** Microseconds since the epoch, in decimal. */
  ts: z.string(),
  gatewayId: z.string(),
  bootId: z.string(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  lineage: z.array(z.string()),
  originAddress: z.string(),
  originPort: z.int(),
  originClient: z.string().nullable(),
  decision: z.string(),
  reason: z.string(),
  askedProtocol: z.string(),
  askedTarget: z.string(),
  askedAccount: z.string().nullable(),
  askedDatabase: z.string().nullable(),
  method: z.string(),
  message: z.string(),
})
export type DenialRow = z.infer<typeof DenialRow>

export class Denials {
  constructor(private readonly store: Store) {}

  /** Latest first. @param from @param to microseconds since the epoch, `[from, to)` */
  list(tenant: string, { from = '0', to = '9000000000000000', limit = 1000 } = {}): Promise<DenialRow[]> {
    return this.store.query({
      name: 'denials.list',
      sql: `SELECT session_id AS sessionId, seq, hash, toString(toUnixTimestamp64Micro(d.ts)) AS ts, gateway_id AS gatewayId,
          boot_id AS bootId, run, principal, root_principal AS rootPrincipal, lineage, origin_address AS originAddress,
          origin_port AS originPort, origin_client AS originClient, decision, reason, asked_protocol AS askedProtocol,
          asked_target AS askedTarget, asked_account AS askedAccount, asked_database AS askedDatabase, method, message
        FROM denials AS d FINAL
        WHERE tenant = {tenant:String} AND d.ts >= fromUnixTimestamp64Micro({from:Int64}) AND d.ts < fromUnixTimestamp64Micro({to:Int64})
        ORDER BY d.ts DESC, session_id, seq LIMIT {limit:UInt32}`,
      params: { tenant, from, to, limit },
      row: DenialRow,
    })
  }
}
