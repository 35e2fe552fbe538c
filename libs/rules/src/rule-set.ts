import { Correlation, type CorrelationLimits } from './correlation/correlation.ts'
import { isAbout, type LogSource, type RuleRecord } from './record.ts'
import type { CorrelationRule, DetectionRule, Rule } from './rule.ts'

/** What a rule found. */
export type Finding = {
  rule: Rule
  /** Of a detection the record; of a correlation the first record of the window in which it came to hold. */
  anchor: string
  /** All records that it rests on. */
  refs: string[]
  /** Values of `group-by`; empty for a detection. */
  group: Readonly<Record<string, string>>
  /** Of the newest record, microseconds. */
  tsUs: number
}

/** A rule that cannot be used together with the others. */
export type RuleConflict = { rule: Rule; message: string }

const LIMITS: CorrelationLimits = { groups: 100_000, records: 10_000 }

/** Correlations that refer to one another, one below the other. */
const MAX_DEPTH = 16
/** What one record, or one step of time, makes known: of layers that each refer to all of the one below, each multiplies it. */
const MAX_FINDINGS = 10_000

type Use = { correlation: Correlation; index: number }

/** Rules that work together: detections over single records, and correlations over what those and other correlations find. */
export class RuleSet {
  private readonly bySource = new Map<string, DetectionRule[]>()
  private readonly uses = new Map<Rule, Use[]>()
  private readonly isQuiet = new Set<Rule>()

  private unfound = 0

  private constructor(
    private readonly detections: readonly DetectionRule[],
    private readonly correlations: readonly Correlation[],
  ) {}

  /** Puts rules together; one that refers to what is not there, or to itself, is left out with all that refer to it. */
  static of(rules: readonly Rule[], limits: CorrelationLimits = LIMITS): { set: RuleSet; conflicts: RuleConflict[] } {
    const { usable, conflicts, referred } = resolve(rules)
    const detections = usable.filter((rule) => rule.kind === 'detection')
    const correlations = usable
      .filter((rule) => rule.kind === 'correlation')
      .map((rule) => new Correlation(rule, (referred.get(rule) ?? []).map(namesOf), limits))
    const set = new RuleSet(detections, correlations)
    for (const correlation of correlations) set.connect(correlation, referred.get(correlation.rule) ?? [])
    return { set, conflicts }
  }

  /** Groups and records of correlations, and findings, that were let go because there were too many. */
  get evicted(): number {
    return this.correlations.reduce((sum, { evicted }) => sum + evicted, this.unfound)
  }

  /**
   * Takes the next record in order of time.
   * @param isAsked leaves detections out, for a record that is told again
   * @returns what it makes known, detections first
   */
  push(record: RuleRecord, isAsked: (rule: DetectionRule) => boolean = () => true): Finding[] {
    const findings: Finding[] = []
    for (const rule of this.about(record.source)) {
      if (!isAsked(rule) || !rule.test(record.fields)) continue
      const { ref, tsUs } = record
      this.tell({ rule, anchor: ref, refs: [ref], group: {}, tsUs }, record, { findings, left: MAX_FINDINGS })
    }
    return findings
  }

  /** Nothing older than this comes any more: windows that ended before it are closed. */
  advance(watermarkUs: number): Finding[] {
    const findings: Finding[] = []
    for (const correlation of this.correlations) {
      for (const { group, anchor, refs, tsUs } of correlation.advance(watermarkUs)) {
        this.tell({ rule: correlation.rule, anchor, refs, group, tsUs }, null, { findings, left: MAX_FINDINGS })
      }
    }
    return findings
  }

  private tell(finding: Finding, record: RuleRecord | null, told: Told): void {
    if (!this.isQuiet.has(finding.rule)) told.findings.push(finding)
    const { anchor, group, tsUs } = finding
    // A correlation is to others a record that holds what it grouped by.
    const seen = finding.rule.kind === 'detection' && record ? record : { ref: anchor, tsUs, source: {}, fields: group }
    for (const { correlation, index } of this.uses.get(finding.rule) ?? []) {
      for (const found of correlation.push(index, seen)) {
        told.left -= 1
        if (told.left > 0) this.tell({ rule: correlation.rule, ...found }, null, told)
        else this.unfound += 1
      }
    }
  }

  private about(source: LogSource): readonly DetectionRule[] {
    const key = JSON.stringify([source.category, source.product, source.service])
    const known = this.bySource.get(key)
    if (known) return known
    const rules = this.detections.filter((rule) => isAbout(rule.source, source))
    this.bySource.set(key, rules)
    return rules
  }

  private connect(correlation: Correlation, rules: readonly Rule[]): void {
    const { document } = correlation.rule
    const generate = document.correlation.generate ?? document.generate ?? false
    for (const [index, rule] of rules.entries()) {
      this.uses.set(rule, [...(this.uses.get(rule) ?? []), { correlation, index }])
      if (!generate) this.isQuiet.add(rule)
    }
  }
}

/** `left`: how much more one detection, or one window that closed, may set off. */
type Told = { findings: Finding[]; left: number }

type Resolved = { usable: Rule[]; conflicts: RuleConflict[]; referred: Map<CorrelationRule, Rule[]> }

function resolve(rules: readonly Rule[]): Resolved {
  const byName = new Map<string, Rule>()
  const conflicts: RuleConflict[] = []
  const unique = rules.filter((rule) => {
    const taken = namesOf(rule).find((name) => byName.has(name))
    if (taken !== undefined) conflicts.push({ rule, message: `another rule is called "${taken}"` })
    else for (const name of namesOf(rule)) byName.set(name, rule)
    return taken === undefined
  })
  const resolver = new Resolver(byName, conflicts)
  return { usable: unique.filter((rule) => resolver.isUsable(rule, [])), conflicts, referred: resolver.referred }
}

class Resolver {
  readonly referred = new Map<CorrelationRule, Rule[]>()
  private readonly depths = new Map<Rule, number>()
  private readonly judged = new Map<Rule, boolean>()

  constructor(
    private readonly byName: ReadonlyMap<string, Rule>,
    private readonly conflicts: RuleConflict[],
  ) {}

  isUsable(rule: Rule, above: readonly Rule[]): boolean {
    if (rule.kind === 'detection') return true
    const before = this.judged.get(rule)
    if (before !== undefined) return before
    const message = above.includes(rule) ? 'refers to itself' : this.refer(rule, [...above, rule])
    if (message !== null && !above.includes(rule)) this.conflicts.push({ rule, message })
    if (!above.includes(rule)) this.judged.set(rule, message === null)
    return message === null
  }

  private refer(rule: CorrelationRule, above: readonly Rule[]): string | null {
    const found: Rule[] = []
    for (const name of rule.document.correlation.rules) {
      const other = this.byName.get(name)
      if (!other) return `there is no rule "${name}"`
      if (above.includes(other)) return `refers to itself by "${name}"`
      if (above.length > MAX_DEPTH) return `"${name}" is the last of more than ${MAX_DEPTH} rules below each other`
      if (!this.isUsable(other, above)) return `"${name}" cannot be used`
      found.push(other)
    }
    const depth = 1 + Math.max(...found.map((other) => this.depths.get(other) ?? 0))
    if (depth > MAX_DEPTH) return `is the first of more than ${MAX_DEPTH} rules below each other`
    this.depths.set(rule, depth)
    this.referred.set(rule, found)
    return null
  }
}

function namesOf({ id, name }: Rule): string[] {
  return [id, name].filter((each) => each !== null)
}
