import type { ChainFacts } from '../facts/facts.ts'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import { type Link, linksOf } from '../records/order.ts'
import { hopRef } from '../refs.ts'
import type { Rule } from '../rule.ts'
import { distinct, rotationsOf, targetsOf } from './about.ts'
import type { Alert, AlertFinding } from './alert.ts'
import { findingsOfChain } from './chain-findings.ts'
import { ChainWalk } from './chain-walk.ts'
import { type EventFinding, eventFinding, merged } from './event-findings.ts'
import { alertId, folded } from './fold.ts'
import { foremost, highestLevel, keptOf, mostUrgent } from './found.ts'

/**
 * The alerts of a chain, earliest first: its records through a fresh set of the rules, folded. The same facts give the same alerts in
 * whatever order they come; hops that come later never rename an alert that was there before.
 * @param found what rules over events found in the chain's accesses: it is folded with the rest
 */
export function alertsOfChain(
  chain: ChainFacts,
  rules: readonly Rule[],
  policy: AlertPolicy,
  found: readonly EventFinding[] = [],
): Alert[] {
  const findings = [...findingsOfChain(chain, rules, policy), ...merged(found).map((each) => eventFinding(each, policy))]
  if (findings.length === 0) return []
  const walk = new ChainWalk(chain)
  const links = new Map(linksOf(chain).map((link) => [hopRef(link.hop.id), link]))
  return folded(findings).flatMap((group) => alertOf(group, chain, walk, links) ?? [])
}

function alertOf(group: readonly AlertFinding[], chain: ChainFacts, walk: ChainWalk, links: ReadonlyMap<string, Link>): Alert | null {
  const [first] = group
  const chief = foremost(group)
  if (!first || !chief) return null
  const told = [...group.map(({ access }) => access), ...refsOf(group).map((ref) => links.get(ref)?.to.id ?? null)]
  const ids = new Set(told.filter((id) => id !== null))
  const [actor, leading, reached] = [walk.access(chief.access), walk.leadingTo(ids), walk.from(ids)]
  const weakest = walk.weakestTo(ids)
  return {
    id: alertId(first),
    chain: chain.id,
    severity: highestLevel(group.map(({ severity }) => severity)),
    response: mostUrgent(group.map(({ response }) => response)),
    sentence: chief.sentence,
    findings: keptOf(group),
    principal: actor?.principal ?? null,
    rootPrincipal: actor?.rootPrincipal ?? null,
    runs: distinct([actor?.run ?? null, ...reached.map(({ run }) => run), ...leading.map(({ from }) => from.run)]),
    targets: distinct([...leading.map(({ from }) => from.target), ...reached.map(({ target }) => target)]),
    protocols: distinct([...leading.map(({ from }) => from.protocol), ...reached.map(({ protocol }) => protocol)]),
    firstUs: first.at.tsUs,
    lastUs: group.at(-1)?.at.tsUs ?? first.at.tsUs,
    reach: { targets: targetsOf(reached), ...walk.sumFrom(ids) },
    rotate: rotationsOf(leading),
    weakest: weakest ? { hop: weakest.hop.id, score: weakest.hop.score } : null,
    baseline: chain.baseline.id,
  }
}

function refsOf(group: readonly AlertFinding[]): string[] {
  return group.flatMap(({ refs }) => refs)
}
