import { PivotRelation } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'
import type { Span } from './linkable-accesses.ts'

/** A `pivot.named`, as far as hops need it. */
export const PivotRow = z.object({
  sessionId: z.string(),
  seq: z.int(),
  /** Microseconds since the epoch. */
  tsUs: z.int(),
  elapsedUs: z.int(),
  event: z.int(),
  at: z.string(),
  tool: z.string(),
  relation: PivotRelation,
  host: z.string().nullable(),
  port: z.int().nullable(),
  account: z.string().nullable(),
  object: z.string().nullable(),
})
export type PivotRow = z.infer<typeof PivotRow>

const IN_SPAN = `tenant = {tenant:String}
  AND p.ts BETWEEN fromUnixTimestamp64Micro({fromUs:Int64}) AND fromUnixTimestamp64Micro({toUs:Int64})`

/** What commands and statements named as where they will go. */
export class Pivots {
  constructor(private readonly store: Store) {}

  /** Sessions in which a pivot was named in the span. */
  async sessionsIn(tenant: string, span: Span): Promise<string[]> {
    const rows = await this.store.query({
      name: 'pivots.sessionsIn',
      sql: `SELECT DISTINCT session_id AS sessionId FROM pivots AS p WHERE ${IN_SPAN} ORDER BY sessionId`,
      params: { tenant, fromUs: Math.max(0, span.fromUs), toUs: Math.max(0, span.toUs) },
      row: z.object({ sessionId: z.string() }),
    })
    return rows.map(({ sessionId }) => sessionId)
  }

  /** Those that were named in these sessions in the span. Two contents under one seq: the one with the lesser hash. */
  find(tenant: string, span: Span, sessions: readonly string[]): Promise<PivotRow[]> {
    return inBatches(sessions, (batch) =>
      this.store.query({
        name: 'pivots.find',
        sql: `SELECT session_id AS sessionId, seq, toUnixTimestamp64Micro(p.ts) AS tsUs, elapsed_us AS elapsedUs, event, at, tool, relation,
            host, port, account, object
          FROM pivots AS p WHERE ${IN_SPAN} AND session_id IN (SELECT arrayJoin({sessions:Array(UUID)}))
          ORDER BY session_id, seq, hash LIMIT 1 BY session_id, seq`,
        params: { tenant, fromUs: Math.max(0, span.fromUs), toUs: Math.max(0, span.toUs), sessions: batch },
        row: PivotRow,
      }),
    )
  }
}
