import type { AccessFacts, Act, ChainFacts } from '../facts/facts.ts'
import { type Boundary, isDelegationBoundary } from './boundaries.ts'
import type { Evasion } from './evasion.ts'
import type { Link } from './order.ts'

/** Members that each list of a chain's record keeps, first come; the counts beside them count all. */
export const MAX_LISTED = 256

/** A list without repetitions that goes on counting where it is full. */
class Listed<T> {
  readonly items: T[] = []
  private readonly seen = new Set<T>()

  add(...values: (T | null)[]): void {
    for (const value of values) {
      if (value === null || this.seen.has(value)) continue
      this.seen.add(value)
      if (this.items.length < MAX_LISTED) this.items.push(value)
    }
  }

  get count(): number {
    return this.seen.size
  }
}

/** The fields of a chain's record, brought up to date hop by hop: linear in the hops. */
export class ChainSummary {
  private readonly accesses = new Set<string>()
  private readonly lists = {
    protocols: new Listed<string>(),
    protocolPaths: new Listed<string>(),
    targets: new Listed<string>(),
    firstSeenTargets: new Listed<string>(),
    privilegedTargets: new Listed<string>(),
    evadedTargets: new Listed<string>(),
    accounts: new Listed<string>(),
    principals: new Listed<string>(),
    rootPrincipals: new Listed<string>(),
    runs: new Listed<string>(),
    agentTemplates: new Listed<string>(),
    acts: new Listed<Act>(),
    classes: new Listed<string>(),
    boundaries: new Listed<Boundary>(),
  }
  private readonly counts = { writes: 0, rows: 0, bytes: 0, commands: 0, refused: 0, unseen: 0, firstSeen: 0, privileged: 0 }
  private readonly flags = { refusedThenReached: false, refusedThenReachedByOther: false }
  private readonly switches = { accountSwitches: 0, newAccesses: 0, hops: 0 }
  private deepest = { depth: 0, path: '', acts: new Listed<Act>(), bytes: 0, rows: 0, writes: 0 }
  private span = { firstUs: Number.POSITIVE_INFINITY, lastUs: 0 }
  private weakestScore: number | null = null

  constructor(
    private readonly chain: ChainFacts,
    private readonly paths: ReadonlyMap<string, string>,
    private readonly evasions: ReadonlyMap<string, Evasion>,
  ) {
    if (isDelegationBoundary(chain.delegation)) this.lists.boundaries.add('delegation')
  }

  add(link: Link, boundaries: readonly Boundary[]): void {
    this.visit(link.from)
    this.visit(link.to)
    const { hop } = link
    this.lists.classes.add(...hop.classes, hop.class)
    this.lists.boundaries.add(...boundaries)
    this.switches.hops += 1
    if (hop.isAccountSwitch) this.switches.accountSwitches += 1
    if (hop.isNewAccess) this.switches.newAccesses += 1
    this.weakestScore = Math.min(this.weakestScore ?? hop.score, hop.score)
  }

  /** How deep the chain is by now, and along which protocols. */
  get reached(): { depth: number; protocolPath: string } {
    return { depth: this.deepest.depth, protocolPath: this.deepest.path }
  }

  /** The record's fields as they stand. Its lists go on growing: look at once. */
  fields(): Record<string, unknown> {
    const { id, title, delegation, baseline } = this.chain
    const { depth, path, acts, bytes, rows, writes } = this.deepest
    const lists = Object.fromEntries(Object.entries(this.lists).map(([name, { items }]) => [name, items]))
    return {
      id,
      title,
      depth,
      protocolPath: path,
      ...lists,
      accesses: this.accesses.size,
      targetCount: this.lists.targets.count,
      firstSeenTargetCount: this.lists.firstSeenTargets.count,
      lastActs: acts.items,
      egressBytes: bytes,
      egressRows: rows,
      lastWrites: writes,
      ...this.counts,
      ...this.switches,
      ...this.flags,
      weakestScore: this.weakestScore ?? 0,
      durationMs: Math.max(0, Math.round((this.span.lastUs - this.span.firstUs) / 1000)),
      delegation,
      baseline,
    }
  }

  private visit(access: AccessFacts): void {
    if (this.accesses.has(access.id)) return
    this.accesses.add(access.id)
    const { lists, counts, span } = this
    const { protocol, target, account, principal, rootPrincipal, run, agentTemplate } = access
    lists.protocols.add(protocol)
    lists.protocolPaths.add(this.paths.get(access.id) ?? null)
    lists.targets.add(target || null)
    lists.accounts.add(account)
    lists.principals.add(principal)
    lists.rootPrincipals.add(rootPrincipal)
    lists.runs.add(run)
    lists.agentTemplates.add(agentTemplate)
    lists.acts.add(...access.acts)
    for (const name of ['writes', 'rows', 'bytes', 'commands'] as const) counts[name] += access[name]
    span.firstUs = Math.min(span.firstUs, access.at.tsUs)
    span.lastUs = Math.max(span.lastUs, access.lastUs)
    this.judge(access)
    this.deepen(access)
  }

  private judge(access: AccessFacts): void {
    const { lists, counts, flags } = this
    if (access.kind === 'refused') counts.refused += 1
    if (access.kind === 'unseen') counts.unseen += 1
    if (access.isFirstSeen) {
      counts.firstSeen += 1
      lists.firstSeenTargets.add(access.target || null)
    }
    if (access.isPrivileged) {
      counts.privileged += 1
      lists.privilegedTargets.add(access.target || null)
    }
    const evasion = this.evasions.get(access.id)
    if (!evasion) return
    flags.refusedThenReached = true
    if (evasion.isByOther) flags.refusedThenReachedByOther = true
    lists.evadedTargets.add(evasion.refused.target)
  }

  private deepen(access: AccessFacts): void {
    const { depth, acts, bytes, rows, writes } = access
    if (depth < this.deepest.depth) return
    const path = this.paths.get(access.id) ?? access.protocol ?? '?'
    if (depth > this.deepest.depth || this.deepest.path === '')
      this.deepest = { depth, path, acts: new Listed<Act>(), bytes: 0, rows: 0, writes: 0 }
    this.deepest.acts.add(...acts)
    this.deepest.bytes += bytes
    this.deepest.rows += rows
    this.deepest.writes += writes
  }
}
