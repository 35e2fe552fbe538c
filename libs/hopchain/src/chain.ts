import type { Protocol } from '@hoptrace/events'
import { type Access, compareAccesses } from './access.ts'
import { describeHop } from './describe.ts'
import type { EvidenceClassName } from './evidence/evidence.ts'
import { chainId, type Hop } from './hop.ts'

/** An access in a chain, `depth` hops from the first. */
export type ChainAccess = { access: Access; depth: number }

/** The graph of hops from its first access. Each access has one best parent, so that the graph is a tree. */
export type HopChain = {
  id: string
  root: string
  /** In the order in which they began. */
  accesses: readonly ChainAccess[]
  hops: readonly Hop[]
  /** Known ones, in the order of their first access. */
  rootPrincipals: string[]
  principals: string[]
  /** Of what was seen: what a pivot that was not seen speaks is a guess. */
  protocols: Protocol[]
  /** Target names in the order in which they were reached, asked for, or named in a command that was not followed. */
  targets: string[]
  evidence: EvidenceClassName[]
  firstUs: number
  lastUs: number
  refused: number
  maxDepth: number
  /** Sum of the hops' scores. */
  score: number
  /** The weakest hop's score: the chain is no stronger. */
  weakestScore: number
  /** The sentence of the hop that tells a reader most. */
  title: string
}

/** Chains of the given hops, by their first accesses. Hops of accesses that are not given are left out. */
export function chainsOf(hops: readonly Hop[], accesses: ReadonlyMap<string, Access>): HopChain[] {
  const known = hops.filter(({ fromAccess, toAccess }) => accesses.has(fromAccess) && accesses.has(toAccess))
  const into = new Map(known.map((hop) => [hop.toAccess, hop]))
  const outOf = byParent(known)
  const roots = new Set(known.map(({ fromAccess }) => fromAccess).filter((id) => !into.has(id)))
  const chains = [...roots].flatMap((id) => chainFrom(id, outOf, accesses))
  return chains.sort((a, b) => a.firstUs - b.firstUs || (a.id < b.id ? -1 : 1))
}

function chainFrom(rootId: string, outOf: ReadonlyMap<string, Hop[]>, accesses: ReadonlyMap<string, Access>): HopChain[] {
  const root = accesses.get(rootId)
  if (!root) return []
  const members: ChainAccess[] = [{ access: root, depth: 0 }]
  const hops: Hop[] = []
  // The list grows as it is walked: breadth first, without recursion, however deep the chain.
  for (const { access, depth } of members) {
    for (const hop of outOf.get(access.id) ?? []) {
      const to = accesses.get(hop.toAccess)
      if (!to) continue
      hops.push(hop)
      members.push({ access: to, depth: depth + 1 })
    }
  }
  members.sort((a, b) => compareAccesses(a.access, b.access))
  const order = new Map(members.map(({ access }, index) => [access.id, index]))
  hops.sort((a, b) => (order.get(a.toAccess) ?? 0) - (order.get(b.toAccess) ?? 0))
  return [{ id: chainId(root.start), root: rootId, accesses: members, hops, ...summaryOf(members, hops, accesses) }]
}

function summaryOf(members: readonly ChainAccess[], hops: readonly Hop[], accesses: ReadonlyMap<string, Access>) {
  const nodes = members.map(({ access }) => access)
  return {
    rootPrincipals: distinct(nodes.map(({ rootPrincipal }) => rootPrincipal)),
    principals: distinct(nodes.map(({ principal }) => principal)),
    protocols: distinct(nodes.map(({ kind, protocol }) => (kind === 'unseen' ? null : protocol))),
    targets: distinct(nodes.map(({ target }) => target || null)),
    evidence: distinct(hops.map((hop) => hop.class)),
    firstUs: Math.min(...extent(nodes.map(({ start }) => start.tsUs))),
    lastUs: Math.max(...extent(nodes.map(({ lastUs }) => lastUs))),
    refused: nodes.filter(({ kind }) => kind === 'refused').length,
    maxDepth: Math.max(...extent(members.map(({ depth }) => depth))),
    score: hops.reduce((sum, { score }) => sum + score, 0),
    weakestScore: Math.min(...extent(hops.map(({ score }) => score))),
    title: titleOf(hops, accesses),
  }
}

function byParent(hops: readonly Hop[]): Map<string, Hop[]> {
  const groups = new Map<string, Hop[]>()
  for (const hop of hops) {
    const group = groups.get(hop.fromAccess)
    if (group) group.push(hop)
    else groups.set(hop.fromAccess, [hop])
  }
  return groups
}

// Spreading a chain of 100,000 accesses into Math.min would overflow the stack.
function extent(numbers: readonly number[]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const number of numbers) {
    if (number < least) least = number
    if (number > most) most = number
  }
  return [least, most]
}

/** What tells a reader most comes first: a secret, then a place, then who started whom. */
const TITLE_ORDER: readonly EvidenceClassName[] = ['credential-flow', 'target-flow', 'origin', 'pivot-command', 'delegation']

// Hops come in time order, and only a better one replaces: the title stays while equals are added.
function titleOf(hops: readonly Hop[], accesses: ReadonlyMap<string, Access>): string {
  const best = hops.reduce<Hop | undefined>((found, hop) => (found && !tellsMore(hop, found) ? found : hop), undefined)
  const from = best && accesses.get(best.fromAccess)
  const to = best && accesses.get(best.toAccess)
  return best && from && to ? describeHop(best, from, to) : ''
}

function tellsMore(a: Hop, b: Hop): boolean {
  return rankOf(a) !== rankOf(b) ? rankOf(a) < rankOf(b) : a.score > b.score
}

function rankOf(hop: Hop): number {
  const rank = TITLE_ORDER.indexOf(hop.class)
  return rank < 0 ? TITLE_ORDER.length : rank
}

function distinct<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== null))]
}
