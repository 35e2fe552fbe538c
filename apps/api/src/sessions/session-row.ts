import { Protocol } from '@hoptrace/events'
import { SessionRow as StoredSessionRow, sessionsSql } from '@hoptrace/store'
import { z } from 'zod'
import { SessionCompleteness, SessionOutcome, type SessionSummary } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

/**
 * One row a session, gateways' own streams left out, for use as a subquery. Binds `{tenant:String}`. Only what is asked of it is
 * added up, and nothing that heartbeats said.
 * @param where narrows the sessions by their rows
 */
export function rolledUpSessions(where: string): string {
  return `SELECT rolled.*, toInt64(rolled.firstTs) AS startedUs, ifNull(rolled.endReason, 'open') AS result, rolled.targetProtocol AS protocol
    FROM (${sessionsSql(where)}) AS rolled WHERE rolled.targetProtocol IS NOT NULL`
}

/**
 * The same, with what heartbeats said: one that names a later seq than was stored makes a gap, since the tail was lost.
 * @param saidOf narrows what heartbeats said by their table's key
 */
export function sessionsWithWholeness(where: string, saidOf: string): string {
  return `SELECT rolled.*, said.saidSeq AS saidSeq,
      if(rolled.completeness IN ('complete', 'unfinished') AND saidSeq > rolled.lastSeq, 'gap', rolled.completeness) AS wholeness
    FROM (${rolledUpSessions(where)}) AS rolled
    LEFT JOIN (SELECT session_id, max(last_seq) AS saidSeq FROM heartbeats WHERE tenant = {tenant:String} AND ${saidOf} GROUP BY session_id) AS said
      ON said.session_id = rolled.sessionId`
}

/** What is read of one session. */
export const ShownRow = StoredSessionRow.extend({ startedUs: z.number(), result: SessionOutcome, protocol: Protocol })
/** What is read of each session of a list: each column costs a piece of the disk for each session. */
export const ListedRow = ShownRow.omit({ isBoot: true, bootId: true, database: true, importedFile: true })

/** What heartbeats add: the last seq that one named, 0 when none did, and what that means. */
export type Said = { saidSeq: number; wholeness: SessionCompleteness }
export type ListedSession = z.infer<typeof ListedRow> & Said
export type SessionRow = z.infer<typeof ShownRow> & Said

export function withSaid<R extends z.infer<typeof ListedRow>>(row: R, saidSeq: number): R & Said {
  const isTailLost = saidSeq > row.lastSeq && (row.completeness === 'complete' || row.completeness === 'unfinished')
  return { ...row, saidSeq, wholeness: isTailLost ? 'gap' : row.completeness }
}

export function summaryOf(row: ListedSession): SessionSummary {
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
