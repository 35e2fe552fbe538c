import { textOf } from '../detection/value-tests.ts'
import { type RuleRecord, valuesAt } from '../record.ts'
import type { CorrelationRule } from '../rule.ts'
import { timespanUs } from './timespan.ts'
import { isKnownAtClose, type Spec, Window } from './window.ts'

export type CorrelationLimits = {
  /** Groups that are kept; the one that was touched longest ago goes first. */
  groups: number
  /** Records that are kept of a group; the oldest go first. */
  records: number
}

/** A correlation that holds: in which group, and by what. */
export type Correlated = {
  group: Readonly<Record<string, string>>
  /** The first record of the window in which it came to hold. It stays the same while it holds, so that what grows is known again. */
  anchor: string
  refs: string[]
  /** Time of the newest of them, microseconds. */
  tsUs: number
}

type Group = { values: string[]; window: Window; anchor: string | null }

/**
 * Watches one correlation over records that come in order of time. Counts with a lower bound alone are told as soon as they
 * hold, over the timespan that ends with the newest record; counts with an upper bound when a timespan that began with a
 * record has passed. Records without a value in each field of `group-by` are left out; of a list its first value counts.
 */
export class Correlation {
  /** Groups and records that were let go because there were too many. */
  evicted = 0
  private readonly groups = new Map<string, Group>()
  private readonly spec: Spec
  private readonly spanUs: number
  private readonly isTumbling: boolean

  constructor(
    readonly rule: CorrelationRule,
    /** Names by which each of the rules, in their order, may stand in an alias. */
    private readonly names: readonly (readonly string[])[],
    private readonly limits: CorrelationLimits,
  ) {
    this.spec = rule.document.correlation
    this.spanUs = timespanUs(rule.document.correlation.timespan)
    this.isTumbling = isKnownAtClose(this.spec)
  }

  /** Takes a record that the correlation's `rule`-th rule found. @returns what holds by it, or was known to by its time */
  push(rule: number, record: RuleRecord): Correlated[] {
    const values = this.spec['group-by'].map((field) => this.valueOf(rule, field, record))
    const known = values.filter((value) => value !== null)
    if (known.length < values.length) return []
    const key = JSON.stringify(known)
    const group = this.touch(key, known)
    const closed = this.isTumbling ? this.closeIfPast(key, group, record.tsUs) : []
    const { field } = this.spec.condition ?? {}
    const value = field === undefined ? null : this.valueOf(rule, field, record)
    group.window.push({ tsUs: record.tsUs, ref: record.ref, rule, value })
    this.bound(group)
    return this.isTumbling ? closed : this.slide(group, record.tsUs)
  }

  /** Nothing older than this comes any more. @returns what is known by that, in order of time and group */
  advance(watermarkUs: number): Correlated[] {
    const found: Correlated[] = []
    for (const [key, group] of [...this.groups]) {
      if (this.isTumbling) found.push(...this.closeIfPast(key, group, watermarkUs))
      const { newest } = group.window
      if (!newest || newest.tsUs < watermarkUs - this.spanUs) this.groups.delete(key)
    }
    return found.sort((a, b) => a.tsUs - b.tsUs || (a.anchor < b.anchor ? -1 : 1))
  }

  private slide(group: Group, nowUs: number): Correlated[] {
    const fromUs = nowUs - this.spanUs
    group.window.expire(fromUs)
    if (!group.window.holds(fromUs)) {
      group.anchor = null
      return []
    }
    group.anchor ??= group.window.first?.ref ?? null
    return [this.told(group)]
  }

  private closeIfPast(key: string, group: Group, nowUs: number): Correlated[] {
    const { first } = group.window
    if (!first || first.tsUs + this.spanUs >= nowUs) return []
    const found = group.window.holds(first.tsUs) ? [this.told(group)] : []
    group.window.clear()
    this.groups.set(key, group)
    return found
  }

  private told({ values, window, anchor }: Group): Correlated {
    const group = Object.fromEntries(this.spec['group-by'].map((name, n) => [name, values[n] ?? '']))
    const refs = window.refs()
    return { group, anchor: anchor ?? refs[0] ?? '', refs, tsUs: window.newest?.tsUs ?? 0 }
  }

  private valueOf(rule: number, field: string, { fields }: RuleRecord): string | null {
    const alias = this.rule.document.correlation.aliases[field]
    const name = alias && this.names[rule]?.find((each) => Object.hasOwn(alias, each))
    const path = alias ? (name === undefined ? null : alias[name]) : field
    return path == null ? null : textOf(valuesAt(fields, path)[0])
  }

  // Touched again, a group goes to the end of the map: the first one is the one to let go.
  private touch(key: string, values: string[]): Group {
    const group = this.groups.get(key) ?? { values, window: new Window(this.spec), anchor: null }
    this.groups.delete(key)
    this.groups.set(key, group)
    const [oldest] = this.groups.keys()
    if (this.groups.size > this.limits.groups && oldest !== undefined) {
      this.groups.delete(oldest)
      this.evicted += 1
    }
    return group
  }

  private bound(group: Group): void {
    if (group.window.size <= this.limits.records) return
    group.window.shift()
    this.evicted += 1
  }
}
