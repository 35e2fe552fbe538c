import { type DetectionRule, type InForce, type Rule, RuleSet, ruleId, ruleRevision, rulesInForce, shippedTexts } from '@hoptrace/rules'
import { RuleVersions, type Store } from '@hoptrace/store'

const UNITS_US: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 }

/** The rules of a tenant, as judging needs them. */
export class JudgingRules {
  readonly rules: readonly Rule[]
  /** Detections by themselves: they keep nothing from one record to the next. */
  readonly detections: RuleSet
  /** Ids of detections that correlations refer to. */
  readonly bases: ReadonlySet<string>
  /** The longest timespan of a correlation, in microseconds; 0 without one. */
  readonly longestUs: number
  private readonly revisions: ReadonlyMap<string, string>

  constructor({ rules, problems, conflicts }: InForce) {
    this.rules = rules
    this.detections = RuleSet.of(rules.filter((rule): rule is DetectionRule => rule.kind === 'detection')).set
    const correlations = rules.filter((rule) => rule.kind === 'correlation')
    const named = new Set(correlations.flatMap(({ document }) => document.correlation.rules))
    this.bases = new Set(rules.filter(({ id, name }) => named.has(id ?? '') || named.has(name ?? '')).map(ruleId))
    this.longestUs = correlations.reduce((longest, { document }) => Math.max(longest, timespanUs(document.correlation.timespan)), 0)
    this.revisions = new Map(rules.map((rule) => [ruleId(rule), ruleRevision(rule)]))
    this.faults = problems.length + conflicts.length
  }

  /** Rules that cannot be used, and are left out. */
  readonly faults: number

  isInForce(id: string): boolean {
    return this.revisions.has(id)
  }

  /** Is this the text of the rule that is in force? */
  isPresent({ id, revision }: { id: string; revision: string }): boolean {
    return this.revisions.get(id) === revision
  }
}

// The form has been checked.
function timespanUs(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS_US[text.at(-1) ?? ''] ?? 0)
}

type Known = { mark: string; askedMs: number; rules: JudgingRules }
const ASK_AGAIN_MS = 2000

/** The rules in force of each tenant: what comes with Hoptrace, as the tenant switched it, and its own. Read again once they changed. */
export class RulesOfTenants {
  private readonly versions: RuleVersions
  private readonly known = new Map<string, Known>()

  /**
   * @param now milliseconds; only differences matter: how soon a change is seen
   * @param onRead how many rules are in force, and how many are faulty
   */
  constructor(
    store: Store,
    private readonly now: () => number,
    private readonly onRead: (tenant: string, told: { rules: number; faults: number }) => void = () => undefined,
  ) {
    this.versions = new RuleVersions(store)
  }

  async of(tenant: string): Promise<JudgingRules> {
    const known = this.known.get(tenant)
    const nowMs = this.now()
    if (known && nowMs - known.askedMs < ASK_AGAIN_MS) return known.rules
    const mark = await this.versions.mark(tenant)
    const rules = known?.mark === mark ? known.rules : await this.read(tenant)
    this.known.set(tenant, { mark, askedMs: nowMs, rules })
    return rules
  }

  private async read(tenant: string): Promise<JudgingRules> {
    const rules = new JudgingRules(rulesInForce(shippedTexts, await this.versions.latest(tenant)))
    this.onRead(tenant, { rules: rules.rules.length, faults: rules.faults })
    return rules
  }
}
