import { Protocol } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Denial } from '../contract/index.ts'
import { EventRow } from '../events/event-row.ts'
import type { Range } from '../http/range.ts'
import { denialOf } from '../triage/denials.queries.ts'

const MAX_VISITORS = 500
const MAX_REFUSALS = 100

export const VisitorRow = z.object({
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  account: z.string(),
  protocol: Protocol,
  sessions: z.number(),
  failures: z.number(),
  open: z.number(),
  firstUs: z.number(),
  lastUs: z.number(),
})
export type VisitorRow = z.infer<typeof VisitorRow>

/** Who touched a target, of one tenant. */
export class TargetActivityQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Was there ever a session at it, or a refused attempt? */
  async isKnown(target: string): Promise<boolean> {
    const rows = await this.store.query({
      name: 'api.targets.isKnown',
      sql: `SELECT 1 AS one FROM (SELECT 1 FROM session_rollups WHERE tenant = {tenant:String} AND target_name = {target:String} LIMIT 1
        UNION ALL SELECT 1 FROM denials WHERE tenant = {tenant:String} AND asked_target = {target:String} LIMIT 1) LIMIT 1`,
      params: { tenant: this.tenant, target },
      row: z.object({ one: z.number() }),
    })
    return rows.length > 0
  }

  /** By account, latest first, at most 500. */
  visitors(target: string, range: Range): Promise<VisitorRow[]> {
    return this.store.query({
      name: 'api.targets.visitors',
      sql: `SELECT principal, rootPrincipal, account, protocol, count() AS sessions, sum(failed) AS failures, countIf(ended = '') AS open,
          toUnixTimestamp64Micro(min(first)) AS firstUs, toUnixTimestamp64Micro(max(last)) AS lastUs
        FROM (SELECT max(s.principal) AS principal, max(s.root_principal) AS rootPrincipal, max(s.target_account) AS account,
            max(s.target_protocol) AS protocol, groupBitmapIfMerge(s.failures) AS failed, max(s.end_reason) AS ended,
            min(s.first_ts) AS first, max(s.last_ts) AS last
          FROM session_rollups AS s WHERE tenant = {tenant:String} AND target_name = {target:String}
            AND UUIDv7ToDateTime(session_id, 'UTC') >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 31 DAY
          GROUP BY session_id HAVING protocol != '' AND toUnixTimestamp64Micro(last) >= {fromUs:Int64}
            AND toUnixTimestamp64Micro(first) < {toUs:Int64})
        GROUP BY principal, rootPrincipal, account, protocol ORDER BY lastUs DESC, account, principal LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, target, ...range, rows: MAX_VISITORS },
      row: VisitorRow,
    })
  }

  /** Newest first, at most 100, with how many there were. */
  async refusals(target: string, range: Range): Promise<{ newest: Denial[]; total: number }> {
    const params = { tenant: this.tenant, target, ...range, rows: MAX_REFUSALS }
    const refused = `FROM denials AS d WHERE tenant = {tenant:String} AND asked_target = {target:String}
      AND toStartOfHour(d.ts) >= toStartOfHour(fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC'))
      AND d.ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND d.ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')`
    const newest = `SELECT session_id, seq FROM (SELECT session_id, seq, max(d.ts) AS at ${refused} GROUP BY session_id, seq
      ORDER BY at DESC, session_id, seq DESC LIMIT {rows:UInt32})`
    const [rows, count] = await Promise.all([
      this.store.query({
        name: 'api.targets.refusals',
        sql: `SELECT seq, content, hash FROM session_events AS e WHERE tenant = {tenant:String} AND type = 'access.decided'
            AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) FROM (${newest}))
            AND (session_id, seq) IN (${newest})
          ORDER BY e.ts DESC, session_id, seq DESC, hash LIMIT 1 BY session_id, seq`,
        params,
        row: EventRow,
      }),
      this.store.query({
        name: 'api.targets.countRefusals',
        sql: `SELECT uniqExact(session_id, seq) AS count ${refused}`,
        params,
        row: z.object({ count: z.number() }),
      }),
    ])
    return { newest: rows.flatMap((row) => denialOf(row) ?? []), total: count[0]?.count ?? 0 }
  }
}
