import { Protocol } from '@hoptrace/events'
import { SessionRow as StoredSessionRow, sessionsSql } from '@hoptrace/store'
import { z } from 'zod'
import { SessionCompleteness, SessionOutcome, type SessionSummary } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

/**
 * One row a session, gateways' own streams left out, for use as a subquery. Binds `{tenant:String}`.
 * A heartbeat that names a later seq than was stored makes a gap: the tail was lost.
 */
export function rolledUpSessions(where: string): string {
  return `SELECT rolled.*, said.saidSeq AS saidSeq, toInt64(rolled.firstTs) AS startedUs, ifNull(rolled.endReason, 'open') AS result,
      rolled.targetProtocol AS protocol,
      if(rolled.completeness IN ('complete', 'unfinished') AND saidSeq > rolled.lastSeq, 'gap', rolled.completeness) AS wholeness
    FROM (${sessionsSql(where)}) AS rolled
    LEFT JOIN (SELECT session_id, max(last_seq) AS saidSeq FROM heartbeats WHERE tenant = {tenant:String} GROUP BY session_id) AS said
      ON said.session_id = rolled.sessionId
    WHERE rolled.targetProtocol IS NOT NULL`
}

export const SessionRow = StoredSessionRow.extend({
  /** The last seq that a heartbeat named; 0 when none did. */
  saidSeq: z.number(),
  startedUs: z.number(),
  result: SessionOutcome,
  protocol: Protocol,
  wholeness: SessionCompleteness,
})
export type SessionRow = z.infer<typeof SessionRow>

export function summaryOf(row: SessionRow): SessionSummary {
  const { sessionId: id, protocol, run, principal, rootPrincipal, lineage, events, lastSeq, commands } = row
  return {
    id,
    startedAt: instantOf(row.firstTs),
    endedAt: row.endReason === null ? null : instantOf(row.lastTs),
    durationMs: row.elapsedUs / 1000,
    protocol,
    principal,
    rootPrincipal,
    run,
    lineage,
    target: { name: row.targetName ?? '', protocol, address: row.targetAddress ?? '', account: row.targetAccount ?? '' },
    source: { gatewayId: row.gatewayId, address: row.originAddress, port: row.originPort, client: row.client ?? row.originClient },
    outcome: row.result,
    completeness: row.wholeness,
    events,
    lastSeq,
    commands,
    errors: row.failures,
  }
}
