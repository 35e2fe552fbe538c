import { type Access, describeEvidence, describeHop, type Hop, type HopChain } from '@hoptrace/hopchain'
import type { HopChainRow, HopRow } from '@hoptrace/store'

export function hopRow(hop: Hop, chainId: string, accesses: ReadonlyMap<string, Access>): HopRow | null {
  const [from, to] = [accesses.get(hop.fromAccess), accesses.get(hop.toAccess)]
  if (!from || !to) return null
  const { id, fromAccess, toAccess, score, alternatives } = hop
  const evidence = hop.evidence.map((each) => ({ ...each, basis: { ...each.basis }, sentence: describeEvidence(each, from, to) }))
  return {
    id,
    chainId,
    fromAccess,
    toAccess,
    class: hop.class,
    score,
    from: hop.from,
    to: hop.to,
    sentence: describeHop(hop, from, to),
    evidence,
    alternatives: [...alternatives],
  }
}

export function hopOf(row: HopRow): Hop {
  const { id, fromAccess, toAccess, class: name, from, to, score, evidence, alternatives } = row
  return { id, fromAccess, toAccess, class: name, from, to, score, evidence, alternatives }
}

export function chainRow(chain: HopChain): HopChainRow {
  return {
    id: chain.id,
    rootAccess: chain.root,
    rootPrincipals: chain.rootPrincipals,
    principals: chain.principals,
    protocols: chain.protocols,
    targets: chain.targets,
    classes: chain.evidence,
    firstTs: chain.firstUs,
    lastTs: chain.lastUs,
    hops: chain.hops.length,
    accesses: chain.accesses.length,
    refused: chain.refused,
    maxDepth: chain.maxDepth,
    score: chain.score,
    weakestScore: chain.weakestScore,
    title: chain.title,
  }
}
