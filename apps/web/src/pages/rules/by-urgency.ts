import type { RuleSummary } from '@hoptrace/api'

const RESPONSES = { page: 0, queue: 1, log: 2 }
const SEVERITIES = { critical: 0, high: 1, medium: 2, low: 3, informational: 4 }
type Ranked = Pick<RuleSummary, 'title' | 'severity' | 'response' | 'isEnabled'>

/** Who wakes somebody stands first, and what is off last. */
export function byUrgency<T extends Ranked>(rules: readonly T[]): T[] {
  return rules.toSorted(
    (a, b) =>
      Number(b.isEnabled) - Number(a.isEnabled) ||
      RESPONSES[a.response] - RESPONSES[b.response] ||
      SEVERITIES[a.severity] - SEVERITIES[b.severity] ||
      a.title.localeCompare(b.title, 'en'),
  )
}
