import { z } from 'zod'
import type { Store } from '../store.ts'

/** What one insert brought of one session. Moments are microseconds since the epoch, in decimal. */
export const ArrivalRow = z.object({
  tenant: z.string(),
  storedAt: z.string(),
  sessionId: z.string(),
  firstTs: z.string(),
  lastTs: z.string(),
})
export type ArrivalRow = z.infer<typeof ArrivalRow>

/** What was stored, in the order in which it was, and how far a reader of it has come. */
export class Arrivals {
  constructor(private readonly store: Store) {}

  /** Oldest first. @param after exclusive */
  listAfter(after: string, limit: number): Promise<ArrivalRow[]> {
    return this.store.query({
      name: 'arrivals.listAfter',
      sql: `SELECT tenant, toString(toUnixTimestamp64Micro(stored_at)) AS storedAt, session_id AS sessionId,
          toString(toUnixTimestamp64Micro(first_ts)) AS firstTs, toString(toUnixTimestamp64Micro(last_ts)) AS lastTs
        FROM arrivals WHERE stored_at > fromUnixTimestamp64Micro({after:Int64})
        ORDER BY stored_at, tenant, session_id LIMIT {limit:UInt32}`,
      params: { after, limit },
      row: ArrivalRow,
    })
  }

  /** Is anything of this tenant stored that the reader has not read? */
  async isPending(tenant: string, reader: string): Promise<boolean> {
    const rows = await this.store.query({
      name: 'arrivals.isPending',
      sql: `SELECT 1 AS pending FROM arrivals
        WHERE stored_at > (SELECT max(stored_at) FROM correlator_cursors WHERE name = {reader:String}) AND tenant = {tenant:String} LIMIT 1`,
      params: { tenant, reader },
      row: z.object({ pending: z.literal(1) }),
    })
    return rows.length > 0
  }

  /** '0' before the first save. */
  async position(reader: string): Promise<string> {
    const rows = await this.store.query({
      name: 'arrivals.position',
      sql: `SELECT toString(toUnixTimestamp64Micro(max(stored_at))) AS storedAt FROM correlator_cursors WHERE name = {reader:String}`,
      params: { reader },
      row: z.object({ storedAt: z.string() }),
    })
    return rows[0]?.storedAt ?? '0'
  }

  savePosition(reader: string, storedAt: string): Promise<void> {
    return this.store.insert('correlator_cursors', [{ name: reader, stored_at: storedAt }])
  }
}
