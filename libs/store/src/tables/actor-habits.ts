import { Protocol } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** Days of event time since the epoch; runs that went to the target first on that day. */
export const ActorVisitRow = z.object({ actor: z.string(), target: z.string(), protocol: Protocol, day: z.int(), runs: z.int() })
export type ActorVisitRow = z.infer<typeof ActorVisitRow>

/** Runs that began on that day. */
export const ActorRunsRow = z.object({ actor: z.string(), day: z.int(), runs: z.int() })
export type ActorRunsRow = z.infer<typeof ActorRunsRow>

/** Where actors go: an agent whatever its version, or a principal. Of days before a moment, by event time. */
export class ActorHabits {
  constructor(private readonly store: Store) {}

  /** @param beforeUs microseconds since the epoch: the beginning of a day */
  visits(tenant: string, actors: readonly string[], targets: readonly string[], beforeUs: number): Promise<ActorVisitRow[]> {
    if (actors.length === 0) return Promise.resolve([])
    return inBatches([...new Set(targets)], (keys) =>
      this.store.query({
        name: 'actorHabits.visits',
        sql: `WITH visits AS (
            SELECT target, protocol, run, min(reached.first_ts) AS firstTs FROM reached
            WHERE tenant = {tenant:String} AND target IN (SELECT arrayJoin({keys:Array(String)})) GROUP BY target, protocol, run)
          SELECT a.first AS actor, target, toString(protocol) AS protocol, toInt32(toDate(firstTs)) AS day, toUInt32(count()) AS runs
          FROM visits INNER JOIN (SELECT run, argMin(actor, ts) AS first FROM run_agents
              WHERE tenant = {tenant:String} AND run IN (SELECT run FROM visits) GROUP BY run) AS a ON a.run = visits.run
          WHERE a.first IN (SELECT arrayJoin({actors:Array(String)})) AND firstTs < fromUnixTimestamp64Micro({beforeUs:Int64})
          GROUP BY actor, target, protocol, day ORDER BY actor, target, protocol, day`,
        params: { tenant, keys, actors: [...new Set(actors)], beforeUs },
        row: ActorVisitRow,
      }),
    )
  }

  /** @param beforeUs microseconds since the epoch: the beginning of a day */
  runs(tenant: string, actors: readonly string[], beforeUs: number): Promise<ActorRunsRow[]> {
    return inBatches([...new Set(actors)], (keys) =>
      this.store.query({
        name: 'actorHabits.runs',
        sql: `SELECT first AS actor, toInt32(toDate(began)) AS day, toUInt32(count()) AS runs
          FROM (SELECT run, argMin(a.actor, a.ts) AS first, min(a.ts) AS began FROM run_agents AS a
            WHERE tenant = {tenant:String} AND a.actor IN (SELECT arrayJoin({keys:Array(String)})) GROUP BY run)
          WHERE began < fromUnixTimestamp64Micro({beforeUs:Int64}) GROUP BY first, day ORDER BY first, day`,
        params: { tenant, keys, beforeUs },
        row: ActorRunsRow,
      }),
    )
  }
}
