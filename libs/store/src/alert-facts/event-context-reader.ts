import type { Store } from '../store.ts'
import { actorOf, type ChainRows } from './chain-facts-reader.ts'
import { Reached } from './reached.ts'
import { RecordedActs } from './recorded-acts.ts'
import { RunAgents } from './run-agents.ts'

const DAY_US = 86_400_000_000

type Doing = { run: string | null; principal: string | null; target: string; firstTs: number }
type EventRef = { sessionId: string; seq: number }

/** What `contextsOf` in libs/rules makes contexts of. */
export type EventContextRows = Pick<ChainRows, 'agents' | 'reachedByActors' | 'histories'> & { statuses: ReadonlyMap<string, number> }

/** Reads what rules are told of events besides what these say themselves. */
export class EventContextReader {
  private readonly agents: RunAgents
  private readonly reached: Reached
  private readonly acts: RecordedActs

  constructor(store: Store) {
    this.agents = new RunAgents(store)
    this.reached = new Reached(store)
    this.acts = new RecordedActs(store)
  }

  /**
   * A handful of queries, however many events they are.
   * @param doings who did what, of each event
   * @param requests of which the answer's status is wanted
   */
  async find(tenant: string, doings: readonly Doing[], requests: readonly EventRef[]): Promise<EventContextRows> {
    const [found, statuses] = await Promise.all([
      this.agents.find(tenant, distinct(doings.flatMap(({ run }) => run ?? []))),
      this.acts.statuses(tenant, requests),
    ])
    const agents = new Map(found.map((row) => [row.run, row]))
    const actors = distinct(doings.flatMap((doing) => actorOf(doing, agents) ?? []))
    const days = distinct(doings.map(({ firstTs }) => Math.floor(firstTs / DAY_US)))
    const [reachedByActors, ...histories] = await Promise.all([
      this.reached.byActors(tenant, actors, distinct(doings.flatMap(({ target }) => (target === '' ? [] : [target])))),
      ...days.map(async (beforeDay) => {
        const rows = await this.agents.history(tenant, actors, beforeDay * DAY_US)
        return rows.map((row) => ({ ...row, beforeDay }))
      }),
    ])
    return { agents, reachedByActors, histories: histories.flat(), statuses }
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
