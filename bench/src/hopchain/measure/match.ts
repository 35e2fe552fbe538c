import type { Hop } from '@hoptrace/hopchain'
import type { NamedHop } from './truth.ts'

/** True hops against found ones. Each found hop answers to at most one true one: at most one leads into an access. */
export type Matched = {
  /** True hop → the found one that is right. */
  found: ReadonlyMap<NamedHop, Hop>
  /** Found hops that are right, with their true one. */
  right: ReadonlyMap<Hop, NamedHop>
  /** Found hops into what something else led to, or nothing. */
  wrong: readonly Hop[]
  missed: readonly NamedHop[]
}

export function match(truth: readonly NamedHop[], hops: readonly Hop[]): Matched {
  const into = new Map<string, NamedHop[]>()
  for (const hop of truth) for (const id of hop.to) into.set(id, [...(into.get(id) ?? []), hop])
  const found = new Map<NamedHop, Hop>()
  const right = new Map<Hop, NamedHop>()
  for (const hop of hops) {
    const candidates = into.get(hop.toAccess) ?? []
    const one = candidates.find((each) => each.from.includes(hop.fromAccess) && !found.has(each))
    if (!one) continue
    found.set(one, hop)
    right.set(hop, one)
  }
  return { found, right, wrong: hops.filter((hop) => !right.has(hop)), missed: truth.filter((hop) => !found.has(hop)) }
}

/**
 * Do both ends point at events that are right? Of a lineage or an address, the first events of both accesses say it; whatever else
 * led there, that is as true of them.
 */
export function arePointersRight(hop: Hop, { fromEvents, toEvents }: NamedHop): boolean {
  const isOfAccesses = hop.class === 'origin' || hop.class === 'delegation'
  if (isOfAccesses) return hop.from.session === hop.fromAccess && hop.from.seq === 0 && isStart(hop.to, hop.toAccess)
  return fromEvents.has(`${hop.from.session}/${hop.from.seq}`) && toEvents.has(`${hop.to.session}/${hop.to.seq}`)
}

function isStart({ session, seq }: Hop['to'], access: string): boolean {
  return session === access ? seq === 0 : access === `${session}.${seq}`
}
