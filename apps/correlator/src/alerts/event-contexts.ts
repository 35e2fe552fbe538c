import type { KnownEvent, Protocol } from '@hoptrace/events'
import { type AlertPolicy, actorOf, type ChainRows, type EventContext, FirstSeen, isExpected, isPrivileged } from '@hoptrace/rules'
import { Reached, RecordedActs, RunAgents, type Store } from '@hoptrace/store'

const DAY_US = 86_400_000_000

/** Who did something, and where. */
type Doing = {
  run: string | null
  principal: string | null
  target: string
  account: string | null
  protocol: Protocol | null
  firstTs: number
}

/** What rules are told of events besides what these say themselves: the agent, whether it was there before, how it was answered. */
export class EventContexts {
  private readonly agents: RunAgents
  private readonly reached: Reached
  private readonly acts: RecordedActs

  constructor(
    store: Store,
    private readonly policy: AlertPolicy,
  ) {
    this.agents = new RunAgents(store)
    this.reached = new Reached(store)
    this.acts = new RecordedActs(store)
  }

  /** In the order of the events. A handful of queries, however many they are. */
  async of(tenant: string, events: readonly KnownEvent[]): Promise<EventContext[]> {
    const doings = events.map(doingOf)
    const [rows, statuses] = await Promise.all([this.historyOf(tenant, doings), this.statusesOf(tenant, events)])
    const firstSeen = new FirstSeen(rows, this.policy.warmUp)
    return doings.map((doing, n) => {
      const agent = doing.run === null ? undefined : rows.agents.get(doing.run)
      const agentTemplate = agent?.template ?? null
      const event = events[n]
      return {
        isFirstSeen: doing.target === '' ? null : firstSeen.isFirstSeen(doing),
        isPrivileged: isPrivileged(this.policy, doing),
        isExpected: isExpected(this.policy, { ...doing, agentTemplate, tsUs: doing.firstTs }),
        agentTemplate,
        agentVersion: agent?.version ?? null,
        status: event ? (statuses.get(`${event.sessionId}/${event.seq}`) ?? null) : null,
      }
    })
  }

  private async historyOf(tenant: string, doings: readonly Doing[]): Promise<Pick<ChainRows, 'agents' | 'reachedByActors' | 'histories'>> {
    const found = await this.agents.find(tenant, distinct(doings.flatMap(({ run }) => run ?? [])))
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
    return { agents, reachedByActors, histories: histories.flat() }
  }

  private statusesOf(tenant: string, events: readonly KnownEvent[]): Promise<Map<string, number>> {
    const requests = events.filter(({ type }) => type === 'kubernetes.request')
    return this.acts.statuses(
      tenant,
      requests.map(({ sessionId, seq }) => ({ sessionId, seq })),
    )
  }
}

// A refusal stands in the gateway's own stream: whose it was, and where to, its body says.
function doingOf({ type, body, run, principal, target, ts }: KnownEvent): Doing {
  const asked = type === 'access.decided' ? body.asked : null
  const by = type === 'access.decided' ? body.by : null
  return {
    run: by?.run ?? run,
    principal: by?.principal ?? principal,
    target: target?.name ?? asked?.target ?? '',
    account: target?.account ?? asked?.account ?? null,
    protocol: target?.protocol ?? asked?.protocol ?? null,
    firstTs: Number(ts),
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
