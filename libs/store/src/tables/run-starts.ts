import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** A run's `run.started`: what it descends from, and where that is recorded. */
export const RunStartRow = z.object({
  run: z.string(),
  lineage: z.array(z.string()),
  sessionId: z.string(),
  seq: z.int(),
  /** Microseconds since the epoch, in decimal. */
  ts: z.string(),
  elapsedUs: z.int(),
})
export type RunStartRow = z.infer<typeof RunStartRow>

type EventRef = { sessionId: string; seq: number }

export class RunStarts {
  constructor(private readonly store: Store) {}

  /** Those of these runs, and those that these events recorded. Should two events claim one run, the earlier stands. */
  async find(tenant: string, runs: readonly string[], events: readonly EventRef[]): Promise<RunStartRow[]> {
    const byRun = await inBatches(runs, (batch) => this.among(tenant, batch, []))
    const byEvent = await inBatches(events, (batch) => this.among(tenant, [], batch))
    return [...new Map([...byEvent, ...byRun].map((row) => [row.run, row])).values()]
  }

  private among(tenant: string, runs: readonly string[], events: readonly EventRef[]): Promise<RunStartRow[]> {
    return this.store.query({
      name: 'runStarts.find',
      sql: `SELECT run, lineage, session_id AS sessionId, seq, toString(toUnixTimestamp64Micro(r.ts)) AS ts, elapsed_us AS elapsedUs
        FROM run_starts AS r
        WHERE tenant = {tenant:String} AND (run IN (SELECT arrayJoin({runs:Array(UUID)}))
          OR (session_id, seq) IN (SELECT arrayJoin(arrayZip({eventSessions:Array(UUID)}, {eventSeqs:Array(UInt32)})) AS e))
        ORDER BY run, r.ts, session_id, seq, hash LIMIT 1 BY run`,
      params: {
        tenant,
        runs,
        eventSessions: events.map(({ sessionId }) => sessionId),
        eventSeqs: events.map(({ seq }) => seq),
      },
      row: RunStartRow,
    })
  }
}
