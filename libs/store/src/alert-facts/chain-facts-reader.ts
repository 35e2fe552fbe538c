import type { Store } from '../store.ts'
import { EventFacts, type SessionActsRow } from '../tables/event-facts.ts'
import { HopChainAccesses, type HopChainAccessRow } from '../tables/hop-chain-accesses.ts'
import { type HopChainRow, HopChains } from '../tables/hop-chains.ts'
import { type HopRow, Hops } from '../tables/hops.ts'
import { type HopSource, HopSources } from './hop-sources.ts'
import { type FirstReachedRow, Reached, type RunReachedRow } from './reached.ts'
import { type ActorHistoryRow, type RunAgentRow, RunAgents } from './run-agents.ts'

const DAY_US = 86_400_000_000

/** Everything that is stored of a hop chain and of what its accesses are compared with. `factsOf` in libs/rules makes facts of it. */
export type ChainRows = {
  chain: HopChainRow
  /** In the order in which they began. */
  accesses: readonly HopChainAccessRow[]
  /** In the order in which the later events happened. */
  hops: readonly HopRow[]
  sources: readonly HopSource[]
  /** By access: of a session all that was done in it, of a use what that event did. */
  acts: ReadonlyMap<string, Omit<SessionActsRow, 'sessionId'>>
  agents: ReadonlyMap<string, RunAgentRow>
  /** What the actors of the chain reached of its targets, and its runs of all targets. */
  reachedByActors: readonly FirstReachedRow[]
  reachedByRuns: readonly RunReachedRow[]
  /** Of each actor, before each day of event time on which an access of the chain began; days since the epoch. */
  histories: readonly (ActorHistoryRow & { beforeDay: number })[]
}

/** Chains with an event in `[fromUs, toUs)`. */
export type ChainRange = { fromUs: number; toUs: number; limit: number }

/** Reads chains as rules need them. What it reads depends on the chains and on the store alone. */
export class ChainFactsReader {
  private readonly chains: HopChains
  private readonly members: HopChainAccesses
  private readonly hops: Hops
  private readonly sources: HopSources
  private readonly facts: EventFacts
  private readonly agents: RunAgents
  private readonly reached: Reached

  constructor(store: Store) {
    this.chains = new HopChains(store)
    this.members = new HopChainAccesses(store)
    this.hops = new Hops(store)
    this.sources = new HopSources(store)
    this.facts = new EventFacts(store)
    this.agents = new RunAgents(store)
    this.reached = new Reached(store)
  }

  /** For backtests: the latest chains of a range. */
  async idsInRange(tenant: string, { fromUs, toUs, limit }: ChainRange): Promise<string[]> {
    return (await this.chains.list(tenant, { from: fromUs, to: toUs, limit })).map(({ id }) => id)
  }

  /** Those of these chains that stand by themselves. A handful of queries, however many they are. */
  async find(tenant: string, ids: readonly string[]): Promise<ChainRows[]> {
    const stored = await this.chains.findStored(tenant, [...new Set(ids)])
    return this.rowsOf(
      tenant,
      stored.filter(({ isDeleted, redirectTo }) => !isDeleted && redirectTo === null),
    )
  }

  private async rowsOf(tenant: string, chains: readonly HopChainRow[]): Promise<ChainRows[]> {
    if (chains.length === 0) return []
    const ids = chains.map(({ id }) => id)
    const [allMembers, allHops] = await Promise.all([this.members.findByChains(tenant, ids), this.hops.findByChains(tenant, ids)])
    const members = allMembers.filter(({ isDeleted }) => !isDeleted)
    const hops = allHops.filter(({ isDeleted }) => !isDeleted)
    const runs = [...new Set(members.flatMap(({ run, lineage }) => (run === null ? lineage : [...lineage, run])))]
    const [sources, acts, agentRows, reachedByRuns] = await Promise.all([
      this.sources.find(
        tenant,
        hops.map(({ from: { session: sessionId, seq } }) => ({ sessionId, seq })),
      ),
      this.actsOf(tenant, members),
      this.agents.find(tenant, runs),
      this.reached.byRuns(tenant, runs),
    ])
    const agents = new Map(agentRows.map((row) => [row.run, row]))
    const actors = [...new Set(members.flatMap((member) => actorOf(member, agents) ?? []))]
    const [reachedByActors, histories] = await Promise.all([
      this.reached.byActors(
        tenant,
        actors,
        members.map(({ target }) => target),
      ),
      this.historiesOf(tenant, actors, members),
    ])
    const ofAll = { acts, agents, reachedByActors, reachedByRuns, histories }
    return chains.map((chain) => {
      const own = hops.filter(({ chainId }) => chainId === chain.id)
      const places = new Set(own.map(({ from }) => `${from.session}/${from.seq}`))
      return {
        chain,
        accesses: members.filter(({ chainId }) => chainId === chain.id),
        hops: own,
        sources: sources.filter(({ sessionId, seq }) => places.has(`${sessionId}/${seq}`)),
        ...ofAll,
      }
    })
  }

  private async actsOf(tenant: string, members: readonly HopChainAccessRow[]): Promise<ChainRows['acts']> {
    const uses = members.filter(({ kind }) => kind === 'use')
    const sessions = members.filter(({ kind }) => kind === 'session').map(({ sessionId }) => sessionId)
    const [bySession, byUse] = await Promise.all([this.facts.ofSessions(tenant, sessions), this.facts.find(tenant, uses)])
    const used = new Map(byUse.map((row) => [`${row.sessionId}/${row.seq}`, row]))
    return new Map<string, Omit<SessionActsRow, 'sessionId'>>([
      ...bySession.map((row) => [row.sessionId, row] as const),
      ...uses.flatMap(({ accessId, sessionId, seq }) => {
        const row = used.get(`${sessionId}/${seq}`)
        return row ? [[accessId, row] as const] : []
      }),
    ])
  }

  private async historiesOf(tenant: string, actors: readonly string[], members: readonly HopChainAccessRow[]) {
    const days = [...new Set(members.map(({ firstTs }) => Math.floor(firstTs / DAY_US)))].sort((a, b) => a - b)
    const found = await Promise.all(
      days.map(async (beforeDay) => (await this.agents.history(tenant, actors, beforeDay * DAY_US)).map((row) => ({ ...row, beforeDay }))),
    )
    return found.flat()
  }
}

/** What baselines are kept by: the agent, whatever its version, or the principal; null where nobody is known. */
export function actorOf({ run, principal }: Pick<HopChainAccessRow, 'run' | 'principal'>, agents: ChainRows['agents']): string | null {
  return (run === null ? undefined : agents.get(run)?.actor) ?? (principal === null ? null : `principal:${principal}`)
}
