import type { SessionEvent } from '@hoptrace/events'
import { type Access, type ActorRuns, dayOf, type Familiarity, familiarities, type Visits } from '@hoptrace/hopchain'

/** What the correlator reads of `run_agents` and `reached`: how well agents knew where they went. */
export function familiarIn(events: Iterable<SessionEvent>, accesses: readonly Access[]): Map<string, Familiarity> {
  const actors = new Map<string, string>()
  const runs: ActorRuns[] = []
  for (const event of events) {
    if (event.type !== 'run.started') continue
    const { runId, agent, principal } = event.body
    const actor = agent ? `agent:${agent.template}` : `principal:${principal}`
    actors.set(runId, actor)
    runs.push({ actor, day: dayOf(Number(event.ts)), runs: 1 })
  }
  const actorOf = ({ run, principal }: Access) =>
    (run === null ? undefined : actors.get(run)) ?? (principal === null ? null : `principal:${principal}`)
  return familiarities(accesses, actorOf, { visits: visitsOf(accesses, actorOf), runs })
}

// A run counts once a target, on the day that it went there first.
function visitsOf(accesses: readonly Access[], actorOf: (access: Access) => string | null): Visits[] {
  const firsts = new Map<string, Visits>()
  for (const access of accesses) {
    const { kind, run, protocol, target, start } = access
    const actor = actorOf(access)
    if (kind !== 'session' || protocol === null || actor === null || run === null) continue
    const day = Math.min(firsts.get(`${run} ${target} ${protocol}`)?.day ?? Number.POSITIVE_INFINITY, dayOf(start.tsUs))
    firsts.set(`${run} ${target} ${protocol}`, { actor, target, protocol, day, runs: 1 })
  }
  return [...firsts.values()]
}
