import type { Protocol } from '@hoptrace/events'
import type { Access } from './access.ts'
import { dayOf } from './baseline.ts'

/** On a day of event time, how many runs of an actor went to a target, and how many it had. An actor is an agent whatever its version, or a principal. */
export type Visits = { actor: string; target: string; protocol: Protocol; day: number; runs: number }
export type ActorRuns = { actor: string; day: number; runs: number }

/**
 * - `habitual`: of the actor's runs of earlier days a good share went there, so that the access explains itself, whatever was answered before
 * - `known`: some went there
 * - `new`: there were runs, and none went there
 * - `unknown`: there were none
 */
export type Familiarity = 'habitual' | 'known' | 'new' | 'unknown'

/** One run of so many that went there makes it a habit. */
const ONE_IN = 20

/**
 * How well each access's actor knew the place. Only days of event time that had closed count, so that nothing which comes later changes it.
 * @param actorOf null where nobody is known: of such an access nothing is said
 */
export function familiarities(
  accesses: readonly Access[],
  actorOf: (access: Access) => string | null,
  { visits, runs }: { visits: readonly Visits[]; runs: readonly ActorRuns[] },
): Map<string, Familiarity> {
  const [there, ever] = [new Counts(), new Counts()]
  for (const { actor, target, protocol, day, runs: count } of visits) there.add(placeKey(actor, target, protocol), day, count)
  for (const { actor, day, runs: count } of runs) ever.add(actor, day, count)
  const familiarity = (access: Access, actor: string): Familiarity => {
    const day = dayOf(access.start.tsUs)
    const all = ever.before(actor, day)
    if (all === 0) return 'unknown'
    const visited = there.before(placeKey(actor, access.target, access.protocol), day)
    if (visited === 0) return 'new'
    return visited * ONE_IN >= all ? 'habitual' : 'known'
  }
  return new Map(
    accesses.flatMap((access) => {
      const actor = actorOf(access)
      return actor === null ? [] : [[access.id, familiarity(access, actor)] as const]
    }),
  )
}

class Counts {
  private readonly byKey = new Map<string, Map<number, number>>()

  add(key: string, day: number, count: number): void {
    const days = this.byKey.get(key) ?? new Map<number, number>()
    days.set(day, (days.get(day) ?? 0) + count)
    this.byKey.set(key, days)
  }

  before(key: string, day: number): number {
    let sum = 0
    for (const [at, count] of this.byKey.get(key) ?? []) if (at < day) sum += count
    return sum
  }
}

function placeKey(actor: string, target: string, protocol: Protocol | null): string {
  return JSON.stringify([actor, target, protocol])
}
