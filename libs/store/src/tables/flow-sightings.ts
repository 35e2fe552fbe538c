import { ObservableKind, ObservableRole } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from '../store.ts'

/** A value at one place, as far as hops need it. */
export const FlowSightingRow = z.object({
  digest: z.string(),
  kind: ObservableKind,
  role: ObservableRole,
  value: z.string().nullable(),
  sessionId: z.string(),
  seq: z.int(),
  /** Microseconds since the epoch, in decimal. */
  ts: z.string(),
  elapsedUs: z.int(),
  at: z.string(),
  offset: z.int().nullable(),
  type: z.string(),
})
export type FlowSightingRow = z.infer<typeof FlowSightingRow>

/** Whose uses: sessions, and single events such as refusals. */
export type Users = { sessions: readonly string[]; events: readonly { sessionId: string; seq: number }[] }

/**
 * Where the values that some accesses used had been before.
 * The join starts from what was used: its cost follows the uses, not everything that was ever answered.
 */
export class FlowSightings {
  constructor(private readonly store: Store) {}

  /**
   * Every sighting, in `[from, to]`, of the values that these accesses used and that some answer held or some command named, in event
   * time, and of trace ids that another session carried too; and of those values in task texts, whenever the run began. A redelivered
   * event counts once.
   * @param from @param to microseconds since the epoch, in decimal
   */
  find(tenant: string, { sessions, events }: Users, span: { from: string; to: string }, limit: number): Promise<FlowSightingRow[]> {
    const usedSessions = [...new Set([...sessions, ...events.map(({ sessionId }) => sessionId)])]
    return this.store.query({
      name: 'flowSightings.find',
      sql: `WITH used AS (
          SELECT DISTINCT digest FROM observable_uses
          WHERE tenant = {tenant:String} AND session_id IN (SELECT arrayJoin({usedSessions:Array(UUID)}))
            AND (session_id IN (SELECT arrayJoin({sessions:Array(UUID)}))
              OR (session_id, seq) IN (SELECT arrayJoin(arrayZip({eventSessions:Array(UUID)}, {eventSeqs:Array(UInt32)})) AS e))
        ), telling AS (
          SELECT digest FROM observables
          WHERE tenant = {tenant:String} AND digest IN (SELECT digest FROM used) AND (role IN ('answered', 'named') OR kind = 'trace')
            AND ts BETWEEN fromUnixTimestamp64Micro({from:Int64}) AND fromUnixTimestamp64Micro({to:Int64})
          GROUP BY digest HAVING max(role IN ('answered', 'named')) OR uniqExact(session_id) > 1
        )
        SELECT toString(digest) AS digest, kind, role, value, session_id AS sessionId, seq, toString(toUnixTimestamp64Micro(o.ts)) AS ts,
          elapsed_us AS elapsedUs, at, offset, type
        FROM observables AS o
        WHERE tenant = {tenant:String} AND digest IN (SELECT digest FROM telling)
          AND (type = 'run.started' OR o.ts BETWEEN fromUnixTimestamp64Micro({from:Int64}) AND fromUnixTimestamp64Micro({to:Int64}))
        ORDER BY o.ts, session_id, seq, digest, role, at, hash
        LIMIT 1 BY session_id, seq, digest, role, at, hash LIMIT {limit:UInt32}`,
      params: {
        tenant,
        usedSessions,
        sessions,
        eventSessions: events.map(({ sessionId }) => sessionId),
        eventSeqs: events.map(({ seq }) => seq),
        from: span.from,
        to: span.to,
        limit,
      },
      row: FlowSightingRow,
    })
  }
}
