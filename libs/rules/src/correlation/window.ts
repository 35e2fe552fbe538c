import type { CorrelationDocument, CountCondition } from '../document/rule-document.ts'

/** What a correlation keeps of a record that one of its rules found. */
export type Seen = {
  tsUs: number
  ref: string /** Which of the correlation's rules, in their order. */
  rule: number /** What `value_count` counts. */
  value: string | null
}

export type Spec = Omit<CorrelationDocument['correlation'], 'timespan' | 'aliases' | 'generate'>

/** Does what lies in a window make the correlation true? `seen` is in order of time. */
export function holds(spec: Spec, seen: readonly Seen[]): boolean {
  if (spec.type === 'event_count') return isWithin(spec.condition, seen.length)
  if (spec.type === 'value_count') return isWithin(spec.condition, new Set(seen.flatMap(({ value }) => value ?? [])).size)
  if (spec.type === 'temporal_ordered') return isOrdered(seen, spec.rules.length)
  const rules = new Set(seen.map(({ rule }) => rule)).size
  return spec.condition ? isWithin(spec.condition, rules) : rules === spec.rules.length
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

// The last rule's newest record, and before it each rule's newest that is older: if any order fits, this one does.
function isOrdered(seen: readonly Seen[], rules: number): boolean {
  let wanted = rules - 1
  for (let at = seen.length - 1; at >= 0 && wanted >= 0; at -= 1) if (seen[at]?.rule === wanted) wanted -= 1
  return wanted < 0
}
