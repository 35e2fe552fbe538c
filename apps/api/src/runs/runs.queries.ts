import type { EventBody, SessionEvent } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { EventRow, eventOf } from '../events/event-row.ts'

export type StartedRecord = EventBody<'run.started'> & { /** Microseconds since the epoch. */ ts: string }
export type RunCounts = { sessions: number; denials: number }

/** More runs than this are not looked through at once. */
export const MAX_RUNS = 5000

/** What events say of runs. Runs live in gateways' boot streams. */
export class RunsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  async started(run: string): Promise<StartedRecord | null> {
    const events = await this.runEvents("type = 'run.started' AND JSONExtractString(content, 'body', 'runId') = {run:String}", { run })
    return events.map(startedIn).find((record) => record !== null) ?? null
  }

  /** Newest first, at most MAX_RUNS. A live run is announced anew at each boot of its gateway: the first announcement counts. */
  async all(): Promise<StartedRecord[]> {
    const events = await this.runEvents("type = 'run.started'", {})
    const newestFirst = events.flatMap((event) => startedIn(event) ?? [])
    return [...new Map(newestFirst.map((record) => [record.runId, record])).values()]
  }

  async revocations(): Promise<Map<string, { ts: string; by: string; reason: string }>> {
    const events = await this.runEvents("type = 'run.revoked'", {})
    return new Map(
      events.flatMap((event) => {
        if (event.type !== 'run.revoked') return []
        const { runId, by, reason } = event.body
        return [[runId, { ts: event.ts, by, reason }] as const]
      }),
    )
  }

  async counts(): Promise<Map<string, RunCounts>> {
    const rows = await this.store.query({
      name: 'api.runs.counts',
      sql: `SELECT toString(run) AS run, sum(session) AS sessions, sum(denial) AS denials FROM (
          SELECT run, uniqExact(session_id) AS session, 0 AS denial FROM session_rollups
            WHERE tenant = {tenant:String} AND run IS NOT NULL AND target_protocol != '' GROUP BY run
          UNION ALL
          SELECT toUUIDOrNull(JSONExtractString(content, 'body', 'by', 'run')) AS run, 0 AS session, uniqExact(session_id, seq) AS denial
            FROM session_events WHERE tenant = {tenant:String} AND type = 'access.decided' AND outcome != 'allow' AND run IS NOT NULL GROUP BY run
        ) GROUP BY run`,
      params: { tenant: this.tenant },
      row: z.object({ run: z.string(), sessions: z.number(), denials: z.number() }),
    })
    return new Map(rows.map(({ run, sessions, denials }) => [run, { sessions, denials }]))
  }

  private async runEvents(where: string, params: Record<string, string>): Promise<SessionEvent[]> {
    const rows = await this.store.query({
      name: 'api.runs.events',
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE tenant = {tenant:String} AND ${where}
        ORDER BY ts DESC, session_id, seq LIMIT {rows:UInt32}`,
      params: { ...params, tenant: this.tenant, rows: MAX_RUNS },
      row: EventRow,
    })
    return rows.map(eventOf)
  }
}

function startedIn(event: SessionEvent): StartedRecord | null {
  return event.type === 'run.started' ? { ...event.body, ts: event.ts } : null
}
