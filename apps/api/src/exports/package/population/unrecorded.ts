import type { Query, Store } from '@hoptrace/store'
import { z } from 'zod'
import { instant } from '../../instant.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'
import { said } from './runs.ts'

/**
 * - `gateway-silence`: no heartbeat for more than 30 s, three beats by default; what then happened at that gateway is not known
 * - `recording-gap`: the recording itself says that something was not recorded
 * - `session-gap`: seqs are missing, or a heartbeat named more events than were stored
 * - `session-conflict`: two contents stand under one seq, or a hash does not chain
 * - `session-lost`: a heartbeat named the session, and nothing of it is stored
 * - `session-expired`: retention deleted it
 * - `run-unannounced`: sessions name a run whose beginning is not stored: its grants are not known
 * - `dead-letter`: a message could not be understood
 */
export const unrecordedColumns = ['kind', 'from', 'to', 'gateway', 'session', 'seq', 'reason', 'detail'] as const
type UnrecordedRow = TableRow<(typeof unrecordedColumns)[number]>

const SILENT_AFTER_US = 30_000_000

const Found = z.object({
  kind: z.string(),
  fromUs: z.string(),
  toUs: z.string(),
  gateway: z.string(),
  session: z.string(),
  seq: z.int().nullable(),
  reason: z.string(),
  /** Somebody's words: content. */
  detail: z.string(),
})

/** When, and of what, there is no recording, or none that can be relied upon. */
export async function* unrecordedOf(store: Store, requester: Requester, { span }: Scope, madeAtUs: number): AsyncGenerator<UnrecordedRow> {
  const params = { tenant: requester.tenant, ...span, endUs: Math.min(span.toUs, madeAtUs), silentUs: SILENT_AFTER_US }
  for (const [kind, sql] of Object.entries(kinds)) {
    const query: Query<z.infer<typeof Found>> = { name: `api.package.unrecorded.${kind}`, sql, params, row: Found }
    for await (const row of store.stream(query)) {
      const { gateway, session, seq, reason } = row
      yield {
        kind: row.kind,
        from: instant(row.fromUs),
        to: instant(row.toUs),
        gateway: gateway || null,
        session: session || null,
        seq,
        reason,
        detail: said(row.detail || null, requester),
      }
    }
  }
}

const us = (moment: string) => `toString(toUnixTimestamp64Micro(${moment}))`
const within = (moment: string) =>
  `${moment} >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ${moment} < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')`
const BEATS = `FROM session_events WHERE tenant = {tenant:String} AND type = 'gateway.heartbeat'`
const HALF_KNOWN = `session_id IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String}
    AND last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND target_protocol != '')`

const kinds = {
  // The last beat before the span and the first behind it tell what stands at its ends.
  silence: `SELECT 'gateway-silence' AS kind, ${us("greatest(beat, fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC'))")} AS fromUs,
      ${us("least(next, fromUnixTimestamp64Micro({endUs:Int64}, 'UTC'))")} AS toUs, gateway, '' AS session, NULL AS seq,
      concat('no heartbeat for ', toString(intDiv(toUnixTimestamp64Micro(next) - toUnixTimestamp64Micro(beat), 1000000)), ' s') AS reason, '' AS detail
    FROM (
      SELECT gateway, beat, leadInFrame(beat, 1, fromUnixTimestamp64Micro({endUs:Int64}, 'UTC'))
          OVER (PARTITION BY gateway ORDER BY beat ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next
      FROM (
        SELECT DISTINCT toString(gateway_id) AS gateway, ts AS beat ${BEATS} AND ${within('ts')}
        UNION ALL
        SELECT toString(gateway_id) AS gateway, max(ts) AS beat ${BEATS} AND ts < fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') GROUP BY gateway_id
        UNION ALL
        SELECT toString(gateway_id) AS gateway, min(ts) AS beat ${BEATS} AND ts >= fromUnixTimestamp64Micro({endUs:Int64}, 'UTC') GROUP BY gateway_id
      )
    )
    WHERE toUnixTimestamp64Micro(next) - toUnixTimestamp64Micro(beat) > {silentUs:Int64}
      AND beat < fromUnixTimestamp64Micro({endUs:Int64}, 'UTC') AND next > fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC')
    ORDER BY fromUs, gateway`,
  gaps: `SELECT 'recording-gap' AS kind, ${us('ts')} AS fromUs, ${us('ts')} AS toUs, toString(gateway_id) AS gateway,
      toString(session_events.session_id) AS session, seq, JSONExtractString(content, 'body', 'reason') AS reason,
      JSONExtractString(content, 'body', 'message') AS detail
    FROM session_events FINAL WHERE tenant = {tenant:String} AND type = 'recording.gap' AND ${within('ts')}
    ORDER BY ts, session, seq`,
  sessions: `SELECT concat('session-', whole) AS kind, first AS fromUs, last AS toUs, gateway, toString(id) AS session, NULL AS seq,
      concat(toString(events), ' events, last seq ', toString(lastSeq),
        if(said > lastSeq, concat(', a heartbeat named seq ', toString(said)), '')) AS reason, '' AS detail
    FROM (
      SELECT id, gateway, first, last, events, lastSeq, said, multiIf(contents > events, 'conflict', events < lastSeq + 1 OR said > lastSeq, 'gap', '') AS whole
      FROM (
        SELECT session_id AS id, max(toString(gateway_id)) AS gateway, ${us('min(first_ts)')} AS first, ${us('max(session_rollups.last_ts)')} AS last,
          toInt64(groupBitmapMerge(seqs)) AS events, toInt64(max(session_rollups.last_seq)) AS lastSeq, toInt64(uniqExactMerge(hashes)) AS contents
        FROM session_rollups WHERE tenant = {tenant:String} AND ${HALF_KNOWN} GROUP BY session_id
      ) AS stored
      LEFT JOIN (SELECT session_id AS saidOf, toInt64(max(heartbeats.last_seq)) AS said FROM heartbeats
        WHERE tenant = {tenant:String} AND ${HALF_KNOWN} GROUP BY session_id) AS beats ON saidOf = id
    )
    WHERE whole != '' AND toInt64(first) < {toUs:Int64} ORDER BY toInt64(first), session`,
  lost: `SELECT 'session-lost' AS kind, ${us('min(heartbeats.ts)')} AS fromUs, ${us('max(heartbeats.ts)')} AS toUs, max(toString(gateway_id)) AS gateway,
      toString(heartbeats.session_id) AS session, NULL AS seq, concat('a heartbeat named seq ', toString(max(heartbeats.last_seq))) AS reason, '' AS detail
    FROM heartbeats WHERE tenant = {tenant:String} AND session_id != boot_id AND ${within('heartbeats.ts')}
      AND session_id NOT IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String})
      AND session_id NOT IN (SELECT session_id FROM expired_sessions WHERE tenant = {tenant:String})
    GROUP BY session_id ORDER BY fromUs, session`,
  expired: `SELECT 'session-expired' AS kind, ${us('UUIDv7ToDateTime(e.session_id)')} AS fromUs, ${us('e.last_ts')} AS toUs, '' AS gateway,
      toString(e.session_id) AS session, NULL AS seq,
      concat(toString(events), ' events, deleted after ', toString(policy), ' at ', toString(expired_at)) AS reason, '' AS detail
    FROM expired_sessions AS e FINAL WHERE tenant = {tenant:String} AND e.last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC')
      AND UUIDv7ToDateTime(e.session_id, 'UTC') < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC') ORDER BY fromUs, session`,
  runs: `SELECT 'run-unannounced' AS kind, ${us('min(first_ts)')} AS fromUs, ${us('max(session_rollups.last_ts)')} AS toUs, max(toString(gateway_id)) AS gateway,
      '' AS session, NULL AS seq, concat('run ', toString(assumeNotNull(session_rollups.run)), ', ', toString(uniqExact(session_id)), ' sessions') AS reason,
      '' AS detail
    FROM session_rollups WHERE tenant = {tenant:String} AND session_rollups.run IS NOT NULL AND target_protocol != ''
      AND ${within('first_ts')} AND session_rollups.run NOT IN (SELECT run FROM run_starts WHERE tenant = {tenant:String})
    GROUP BY session_rollups.run ORDER BY fromUs, reason`,
  letters: `SELECT 'dead-letter' AS kind, toString(toUnixTimestamp64Milli(first_seen) * 1000) AS fromUs, fromUs AS toUs, '' AS gateway, '' AS session,
      NULL AS seq, concat(toString(reason), if(at = '', '', concat(' at ', at)), ', ', toString(size), ' bytes, ', toString(id)) AS reason,
      '' AS detail
    FROM dead_letters FINAL WHERE tenant = {tenant:String} AND ${within('first_seen')} ORDER BY fromUs, id`,
}
