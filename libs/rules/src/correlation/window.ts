import type { CorrelationDocument, CountCondition } from '../document/rule-document.ts'

/** What a correlation keeps of a record that one of its rules found. */
export type Seen = {
  tsUs: number
  ref: string
  /** Which of the correlation's rules, in their order. */
  rule: number
  /** What `value_count` counts. */
  value: string | null
}

export type Spec = Omit<CorrelationDocument['correlation'], 'timespan' | 'aliases' | 'generate'>

/** References that are told of a window: its first ones, and its newest. */
const MAX_REFS = 256

/** Does what lies in the window make the correlation true? Each record costs the same, however many there are. */
export class Window {
  private items: Seen[] = []
  /** Before it, all have left. */
  private head = 0
  private readonly byValue = new Map<string, number>()
  private readonly byRule = new Map<number, number>()
  /** Of each rule: when the sequence of all rules up to it began, of those that begin last. */
  private readonly begun: number[] = []

  constructor(private readonly spec: Spec) {}

  get first(): Seen | undefined {
    return this.items[this.head]
  }

  get newest(): Seen | undefined {
    return this.head < this.items.length ? this.items.at(-1) : undefined
  }

  get size(): number {
    return this.items.length - this.head
  }

  /** Takes the next in order of time. */
  push(seen: Seen): void {
    this.items.push(seen)
    if (seen.value !== null) change(this.byValue, seen.value, 1)
    change(this.byRule, seen.rule, 1)
    const begun = seen.rule === 0 ? seen.tsUs : this.begun[seen.rule - 1]
    if (begun !== undefined) this.begun[seen.rule] = begun
  }

  shift(): void {
    const { first } = this
    if (!first) return
    this.head += 1
    if (first.value !== null) change(this.byValue, first.value, -1)
    change(this.byRule, first.rule, -1)
    if (this.head * 2 <= this.items.length) return
    this.items = this.items.slice(this.head)
    this.head = 0
  }

  /** Lets those go that are older. */
  expire(beforeUs: number): void {
    while (this.first && this.first.tsUs < beforeUs) this.shift()
  }

  clear(): void {
    this.items = []
    this.head = 0
    this.byValue.clear()
    this.byRule.clear()
    this.begun.length = 0
  }

  /** @param fromUs where the window begins */
  holds(fromUs: number): boolean {
    const { type, condition, rules } = this.spec
    if (type === 'event_count') return isWithin(condition, this.size)
    if (type === 'value_count') return isWithin(condition, this.byValue.size)
    if (type === 'temporal_ordered') return (this.begun[rules.length - 1] ?? Number.NEGATIVE_INFINITY) >= fromUs
    return condition ? isWithin(condition, this.byRule.size) : this.byRule.size === rules.length
  }

  /** Each once, oldest first: at most 256, of which the last is the newest. */
  refs(): string[] {
    const { newest } = this
    const kept = this.items.slice(this.head, this.head + MAX_REFS - 1).map(({ ref }) => ref)
    return [...new Set(newest ? [...kept, newest.ref] : kept)]
  }
}

function change<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

/** Can more records make a count that holds fail? Then it is known only when its window has closed. */
export function isKnownAtClose({ condition, type }: Spec): boolean {
  if (!condition || type === 'temporal_ordered') return false
  const { lt, lte, eq, neq } = condition
  return [lt, lte, eq, neq].some((bound) => bound !== undefined)
}

function isWithin(condition: CountCondition | undefined, count: number): boolean {
  if (!condition) return false
  const { gt, gte, lt, lte, eq, neq } = condition
  return (
    (gt === undefined || count > gt) &&
    (gte === undefined || count >= gte) &&
    (lt === undefined || count < lt) &&
    (lte === undefined || count <= lte) &&
    (eq === undefined || count === eq) &&
    (neq === undefined || count !== neq)
  )
}
