import type { ChainFacts } from '../facts/facts.ts'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import { isApproved, isExpected } from '../policy/explanations.ts'
import { isAbout } from '../record.ts'
import { type Boundary, isDelegationBoundary, isPowerful } from '../records/boundaries.ts'
import { type ChainStep, HOP_CHAIN, stepsOfChain } from '../records/chain-records.ts'
import { type Evasion, evasionsOf } from '../records/evasion.ts'
import type { Link } from '../records/order.ts'
import { readRef } from '../refs.ts'
import type { DetectionRule, Rule } from '../rule.ts'
import { type Finding, RuleSet } from '../rule-set.ts'
import type { AlertFinding } from './alert.ts'
import { findingOf, ruleId } from './found.ts'
import { hopSentence } from './sentence.ts'

/**
 * What rules find in a chain as it came to be, hop by hop: what held once is found, whatever comes later. Each rule tells of a chain
 * once, at the first hop with which it holds. What rests on hops that crossed no boundary is left out: a value that flowed is no alert.
 */
export function findingsOfChain(chain: ChainFacts, rules: readonly Rule[], policy: AlertPolicy): AlertFinding[] {
  const watch = new ChainWatch(chain, rules, policy)
  for (const step of stepsOfChain(chain, policy)) watch.take(step)
  return watch.findings()
}

/** Was a boundary crossed, and was each that was crossed declared? */
type Crossed = { isCrossed: boolean; isExplained: boolean }

/** A hop with what was crossed on the way to it, and in the whole chain up to then. */
type Step = { link: Link; path: Crossed; chain: Crossed }

type Told = { rule: Rule; finding: Finding; step: Step; refs: Set<string> }

class ChainWatch {
  private readonly set: RuleSet
  /** Detections over chains that have not held yet. */
  private readonly waiting: Set<DetectionRule>
  private readonly told = new Map<string, Told>()
  private readonly steps = new Map<string, Step>()
  /** By the access that a hop leads to. */
  private readonly into = new Map<string, Step>()
  private last: Step | null = null
  private readonly evasions: ReadonlyMap<string, Evasion>

  constructor(
    private readonly chain: ChainFacts,
    rules: readonly Rule[],
    private readonly policy: AlertPolicy,
  ) {
    this.set = RuleSet.of(rules).set
    this.waiting = new Set(rules.filter((rule): rule is DetectionRule => rule.kind === 'detection' && isAbout(rule.source, HOP_CHAIN)))
    this.evasions = evasionsOf(chain, policy.aliases)
  }

  take({ link, boundaries, hop, chain }: ChainStep): void {
    const step = this.next(link, boundaries)
    this.steps.set(hop.ref, step)
    for (const finding of this.set.push(hop)) this.tell(finding, step)
    if (this.waiting.size === 0) return
    const record = chain()
    const held = new Set([...this.waiting].filter((rule) => rule.test(record.fields)))
    if (held.size === 0) return
    for (const rule of held) this.waiting.delete(rule)
    for (const finding of this.set.push(record, (rule) => held.has(rule))) this.tell(finding, step)
  }

  findings(): AlertFinding[] {
    const { last } = this
    if (last) for (const finding of this.set.advance(this.chain.lastUs)) this.tell(finding, this.newestOf(finding) ?? last)
    return [...this.told.values()].flatMap((told) => this.finding(told) ?? [])
  }

  private next(link: Link, boundaries: readonly Boundary[]): Step {
    const own = { isCrossed: boundaries.length > 0, isExplained: boundaries.length === 0 || isExplained(link, boundaries, this.policy) }
    const step = { link, path: joined(own, this.into.get(link.from.id)?.path), chain: joined(own, this.last?.chain) }
    this.into.set(link.to.id, step)
    this.last = step
    return step
  }

  // A correlation tells again and again while it holds: it began once, and rests on more and more.
  private tell(finding: Finding, step: Step): void {
    const { rule, anchor, refs } = finding
    const key = JSON.stringify([ruleId(rule), anchor])
    const before = this.told.get(key)
    if (before) rest(before.refs, refs)
    else this.told.set(key, { rule, finding, step, refs: new Set(refs) })
  }

  private newestOf({ refs }: Finding): Step | undefined {
    return refs.map((ref) => this.steps.get(ref)).findLast((step) => step !== undefined)
  }

  private finding({ rule, finding, step, refs }: Told): AlertFinding | null {
    const { link } = step
    const crossed = this.crossedBy([...refs], step)
    const isByDelegation = rule.kind === 'detection' && isAbout(rule.source, HOP_CHAIN) && isDelegationBoundary(this.chain.delegation)
    if (!crossed.isCrossed && !isByDelegation) return null
    return findingOf(rule, {
      anchor: finding.anchor,
      at: link.hop.toAt,
      access: link.to.id,
      refs: [...refs],
      sentence: hopSentence(link, this.evasions.get(link.to.id)),
      isExplained: crossed.isCrossed && crossed.isExplained,
    })
  }

  // A chain rests on all of its hops up to then, a hop on those that lead to it.
  private crossedBy(refs: readonly string[], step: Step): Crossed {
    if (refs.some((ref) => readRef(ref)?.kind === 'chain')) return step.chain
    return refs.reduce<Crossed>((all, ref) => joined(all, this.steps.get(ref)?.path), { isCrossed: false, isExplained: true })
  }
}

/** References that a finding keeps. */
const MAX_REFS = 1024

function rest(on: Set<string>, refs: readonly string[]): void {
  for (const ref of refs) if (on.size < MAX_REFS) on.add(ref)
}

function joined(one: Crossed, other: Crossed | undefined): Crossed {
  if (!other) return one
  return { isCrossed: one.isCrossed || other.isCrossed, isExplained: one.isExplained && other.isExplained }
}

/** An approved path explains that a credential travels on it to where it leads; a declared window whatever is done in it. */
function isExplained({ hop, from, to }: Link, boundaries: readonly Boundary[], policy: AlertPolicy): boolean {
  const { target, principal, agentTemplate, account } = to
  const { tsUs } = hop.toAt
  if (to.isExpected || isExpected(policy, { target, principal, agentTemplate, tsUs })) return true
  if (!hop.isApproved && !isApproved(policy, { from: from.target, to: target, account, tsUs })) return false
  return !isPowerful(to) && boundaries.every((boundary) => EXPLAINED_BY_PATH.has(boundary))
}

const EXPLAINED_BY_PATH: ReadonlySet<Boundary> = new Set(['account-switch', 'first-seen', 'privileged'])
