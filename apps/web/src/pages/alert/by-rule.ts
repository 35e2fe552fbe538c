import type { AlertFinding, Severity } from '@hoptrace/api'

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational']

/** Findings rule by rule, the most severe first and then the earliest; those of one rule in their order. */
export function byRule(findings: readonly AlertFinding[]): AlertFinding[][] {
  const groups = new Map<string, AlertFinding[]>()
  for (const finding of findings) groups.set(finding.rule.id, [...(groups.get(finding.rule.id) ?? []), finding])
  const rank = (group: readonly AlertFinding[]) => Math.min(...group.map(({ severity }) => ORDER.indexOf(severity)))
  return [...groups.values()].sort((a, b) => rank(a) - rank(b))
}
