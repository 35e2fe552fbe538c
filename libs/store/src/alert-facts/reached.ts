import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from '../tables/key-batches.ts'

/** When an actor, whatever its run, reached a target first over a protocol. Microseconds since the epoch. */
export const FirstReachedRow = z.object({ actor: z.string(), target: z.string(), protocol: z.string(), firstUs: z.int() })
export type FirstReachedRow = z.infer<typeof FirstReachedRow>

/** When a run reached a target first, as an account there. */
export const RunReachedRow = z.object({
  run: z.string(),
  target: z.string(),
  protocol: z.string(),
  account: z.string(),
  firstUs: z.int(),
})
export type RunReachedRow = z.infer<typeof RunReachedRow>

/** What was reached, and when first. Refused attempts reached nothing. */
export class Reached {
  constructor(private readonly store: Store) {}

  /** What each of these actors reached among these targets. */
  byActors(tenant: string, actors: readonly string[], targets: readonly string[]): Promise<FirstReachedRow[]> {
    if (actors.length === 0) return Promise.resolve([])
    return inBatches([...new Set(targets)], (keys) =>
      this.store.query({
        name: 'reached.byActors',
        // A run that no run.started tells of is its principal's.
        sql: `SELECT if(a.actor = '', concat('principal:', r.principal), a.actor) AS actor, target, toString(protocol) AS protocol,
            min(r.firstUs) AS firstUs
          FROM (SELECT target, protocol, run, principal, toUnixTimestamp64Micro(min(first_ts)) AS firstUs FROM reached
              WHERE tenant = {tenant:String} AND target IN (SELECT arrayJoin({keys:Array(String)}))
              GROUP BY target, protocol, run, principal) AS r
          LEFT JOIN (SELECT run, argMin(actor, ts) AS actor FROM run_agents WHERE tenant = {tenant:String}
              AND run IN (SELECT run FROM reached WHERE tenant = {tenant:String} AND target IN (SELECT arrayJoin({keys:Array(String)})))
              GROUP BY run) AS a ON a.run = r.run
          GROUP BY actor, target, protocol HAVING actor IN (SELECT arrayJoin({actors:Array(String)})) ORDER BY actor, target, protocol`,
        params: { tenant, keys, actors: [...new Set(actors)] },
        row: FirstReachedRow,
      }),
    )
  }

  /** What each of these runs reached. */
  byRuns(tenant: string, runs: readonly string[]): Promise<RunReachedRow[]> {
    return inBatches([...new Set(runs)], (ids) =>
      this.store.query({
        name: 'reached.byRuns',
        sql: `SELECT run, target, toString(protocol) AS protocol, account, toUnixTimestamp64Micro(min(first_ts)) AS firstUs FROM reached
          WHERE tenant = {tenant:String} AND run IN (SELECT arrayJoin({ids:Array(UUID)}))
          GROUP BY run, target, protocol, account ORDER BY run, target, protocol, account`,
        params: { tenant, ids },
        row: RunReachedRow,
      }),
    )
  }
}
