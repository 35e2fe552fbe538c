import type { HopChain } from '@hoptrace/hopchain'
import type { Matched } from './match.ts'
import type { NamedHop } from './truth.ts'

/** The true tree around one attack: its hops, and everything else that hangs on the same first access. */
export type TrueTree = { root: string; hops: readonly NamedHop[]; last: NamedHop }

/** @param found of several accesses that are right as a hop's beginning, the one that was found is taken: no recording tells them apart */
export function treesOfAttacks(truth: readonly NamedHop[], { found }: Matched): Map<string, TrueTree> {
  const parentOf = (hop: NamedHop) => found.get(hop)?.fromAccess ?? hop.from[0] ?? ''
  const into = new Map(truth.flatMap((hop) => hop.to.map((id) => [id, hop] as const)))
  const byRoot = new Map<string, NamedHop[]>()
  const lastOf = new Map<string, NamedHop>()
  for (const hop of truth) {
    const root = rootOf(hop, into, parentOf)
    byRoot.set(root, [...(byRoot.get(root) ?? []), hop])
    if (hop.truth.attack !== null) lastOf.set(hop.truth.attack, hop)
  }
  return new Map(
    [...lastOf].map(([attack, last]) => {
      const root = rootOf(last, into, parentOf)
      return [attack, { root, hops: byRoot.get(root) ?? [], last }]
    }),
  )
}

/** Does the chain with the attack's end hold exactly the true hops? */
export function isExact(chain: HopChain, { hops }: TrueTree, { found, right }: Matched): boolean {
  const inside = new Set(chain.hops)
  return chain.hops.every((hop) => right.has(hop)) && hops.length === inside.size && hops.every((hop) => isIn(inside, found.get(hop)))
}

function isIn<T>(set: ReadonlySet<T>, item: T | undefined): boolean {
  return item !== undefined && set.has(item)
}

function rootOf(hop: NamedHop, into: ReadonlyMap<string, NamedHop>, parentOf: (hop: NamedHop) => string): string {
  let at = parentOf(hop)
  // True hops lead forward in time, so that this ends.
  for (let above = into.get(at); above; above = into.get(at)) at = parentOf(above)
  return at
}
