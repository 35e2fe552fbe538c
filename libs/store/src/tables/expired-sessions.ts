import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** A session that retention deleted. */
export const ExpiredSessionRow = z.object({
  sessionId: z.string(),
  /** Of its last event: microseconds since the epoch, in decimal. */
  lastTs: z.string(),
  events: z.int(),
  lastSeq: z.int(),
  policy: z.string(),
  expiredAtMs: z.int(),
})
export type ExpiredSessionRow = z.infer<typeof ExpiredSessionRow>

/** What one day lost to one policy. The day is that of the sessions' beginning. */
export const ExpiredDayRow = z.object({ day: z.string(), policy: z.string(), sessions: z.int(), events: z.int() })
export type ExpiredDayRow = z.infer<typeof ExpiredDayRow>

/** What is gone because it was to go. */
export class ExpiredSessions {
  constructor(private readonly store: Store) {}

  insert(tenant: string, rows: readonly ExpiredSessionRow[]): Promise<void> {
    return this.store.insert(
      'expired_sessions',
      rows.map(({ sessionId, lastTs, events, lastSeq, policy, expiredAtMs }) => ({
        tenant,
        session_id: sessionId,
        last_ts: lastTs,
        events,
        last_seq: lastSeq,
        policy,
        expired_at: expiredAtMs,
      })),
    )
  }

  /** Those of these sessions that expired. */
  async find(tenant: string, sessions: readonly string[]): Promise<Map<string, ExpiredSessionRow>> {
    const rows = await inBatches(sessions, (ids) =>
      this.store.query({
        name: 'expiredSessions.find',
        sql: `SELECT session_id AS sessionId, toString(toUnixTimestamp64Micro(last_ts)) AS lastTs, events, last_seq AS lastSeq, policy,
            toUnixTimestamp64Milli(expired_at) AS expiredAtMs
          FROM expired_sessions FINAL WHERE tenant = {tenant:String}
            AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (
              SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
            AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))`,
        params: { tenant, ids },
        row: ExpiredSessionRow,
      }),
    )
    return new Map(rows.map((row) => [row.sessionId, row]))
  }

  /** Latest first. */
  days(tenant: string, limit = 1000): Promise<ExpiredDayRow[]> {
    return this.store.query({
      name: 'expiredSessions.days',
      sql: `SELECT toString(toDate(UUIDv7ToDateTime(session_id, 'UTC'))) AS day, policy, count() AS sessions, sum(e.events) AS events
        FROM expired_sessions AS e FINAL WHERE tenant = {tenant:String}
        GROUP BY day, policy ORDER BY day DESC, policy LIMIT {limit:UInt32}`,
      params: { tenant, limit },
      row: ExpiredDayRow,
    })
  }
}
