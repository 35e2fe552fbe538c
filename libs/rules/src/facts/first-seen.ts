import type { AlertPolicy } from '../policy/alert-policy.ts'
import type { AccessRow, ChainRows } from './chain-rows.ts'
import type { BaselineFacts } from './facts.ts'

const DAY_US = 86_400_000_000

/** Whoever reaches something, and when, in microseconds since the epoch. */
export type Reaching = Pick<AccessRow, 'run' | 'principal' | 'target' | 'protocol' | 'firstTs'>

/** What baselines are kept by: the agent, whatever its version, or the principal; null where nobody is known. */
export function actorOf({ run, principal }: Pick<AccessRow, 'run' | 'principal'>, agents: ChainRows['agents']): string | null {
  return (run === null ? undefined : agents.get(run)?.actor) ?? (principal === null ? null : `principal:${principal}`)
}

/**
 * What a chain's actors had reached before. A baseline is closed at the end of the day of event time before the access's own, so that
 * what happens on a day is judged by the same history, whenever it is looked at.
 */
export class FirstSeen {
  private readonly firsts: ReadonlyMap<string, number>
  private readonly histories: ReadonlyMap<string, { runs: number; days: number }>

  constructor(
    private readonly rows: Pick<ChainRows, 'agents' | 'reachedByActors' | 'histories'>,
    private readonly warmUp: AlertPolicy['warmUp'],
  ) {
    this.firsts = new Map(rows.reachedByActors.map(({ actor, target, protocol, firstUs }) => [keyOf(actor, target, protocol), firstUs]))
    this.histories = new Map(rows.histories.map(({ actor, beforeDay, runs, days }) => [keyOf(actor, String(beforeDay)), { runs, days }]))
  }

  /** Null while the baseline warms up, and where nobody is known. */
  isFirstSeen(access: Reaching): boolean | null {
    const actor = actorOf(access, this.rows.agents)
    if (actor === null || !this.baselineOf(access).isWarm) return null
    const firstUs = this.firsts.get(keyOf(actor, access.target, access.protocol ?? ''))
    return firstUs === undefined || firstUs >= dayOf(access.firstTs) * DAY_US
  }

  baselineOf(access: Omit<Reaching, 'target' | 'protocol'>): BaselineFacts {
    const day = dayOf(access.firstTs)
    const { runs, days } = this.histories.get(keyOf(actorOf(access, this.rows.agents) ?? '', String(day))) ?? { runs: 0, days: 0 }
    return { id: `day:${day - 1}`, runs, days, isWarm: runs >= this.warmUp.runs && days >= this.warmUp.days }
  }
}

function dayOf(tsUs: number): number {
  return Math.floor(tsUs / DAY_US)
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\0')
}
