import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from '../tables/key-batches.ts'

/** Which agent a run is of. */
export const RunAgentRow = z.object({
  run: z.string(),
  /** What baselines are kept by: `agent:TEMPLATE`, whatever the version, or `principal:NAME` where no agent was named. */
  actor: z.string(),
  template: z.string().nullable(),
  version: z.string().nullable(),
})
export type RunAgentRow = z.infer<typeof RunAgentRow>

/** How much history of an actor lies before a moment. */
export const ActorHistoryRow = z.object({ actor: z.string(), runs: z.int(), days: z.int() })
export type ActorHistoryRow = z.infer<typeof ActorHistoryRow>

export class RunAgents {
  constructor(private readonly store: Store) {}

  /** Should two events claim one run, the earlier stands. */
  find(tenant: string, runs: readonly string[]): Promise<RunAgentRow[]> {
    return inBatches([...new Set(runs)], (ids) =>
      this.store.query({
        name: 'runAgents.find',
        sql: `SELECT run, actor, nullIf(template, '') AS template, nullIf(agent_version, '') AS version FROM run_agents
          WHERE tenant = {tenant:String} AND run IN (SELECT arrayJoin({ids:Array(UUID)})) ORDER BY run, ts, actor LIMIT 1 BY run`,
        params: { tenant, ids },
        row: RunAgentRow,
      }),
    )
  }

  /** Runs that began before the moment, and the days on which they did. @param beforeUs microseconds since the epoch */
  history(tenant: string, actors: readonly string[], beforeUs: number): Promise<ActorHistoryRow[]> {
    return inBatches([...new Set(actors)], (keys) =>
      this.store.query({
        name: 'runAgents.history',
        sql: `SELECT actor, toUInt32(uniqExact(run)) AS runs, toUInt32(uniqExact(toDate(ts))) AS days FROM run_agents
          WHERE tenant = {tenant:String} AND actor IN (SELECT arrayJoin({keys:Array(String)}))
            AND ts < fromUnixTimestamp64Micro({beforeUs:Int64}) GROUP BY actor ORDER BY actor`,
        params: { tenant, keys, beforeUs },
        row: ActorHistoryRow,
      }),
    )
  }
}
