import { type Access, DAY_US, dayOf, type Familiarity, familiarities } from '@hoptrace/hopchain'
import { ActorHabits, RunAgents, type Store } from '@hoptrace/store'

/** Reads from the store how well the agents behind some accesses knew the places that they went to. */
export class FamiliarityLoader {
  private readonly agents: RunAgents
  private readonly habits: ActorHabits

  constructor(store: Store) {
    this.agents = new RunAgents(store)
    this.habits = new ActorHabits(store)
  }

  async load(tenant: string, accesses: readonly Access[]): Promise<Map<string, Familiarity>> {
    const rows = await this.agents.find(
      tenant,
      accesses.flatMap(({ run }) => run ?? []),
    )
    const ofRun = new Map(rows.map(({ run, actor }) => [run, actor]))
    const actorOf = ({ run, principal }: Access) =>
      (run === null ? undefined : ofRun.get(run)) ?? (principal === null ? null : `principal:${principal}`)
    const actors = [...new Set(accesses.flatMap((access) => actorOf(access) ?? []))]
    const targets = accesses.map(({ target }) => target)
    const beforeUs = Math.max(0, ...accesses.map(({ start }) => dayOf(start.tsUs))) * DAY_US
    const [visits, runs] = await Promise.all([
      this.habits.visits(tenant, actors, targets, beforeUs),
      this.habits.runs(tenant, actors, beforeUs),
    ])
    return familiarities(accesses, actorOf, { visits, runs })
  }
}
