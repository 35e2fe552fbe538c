import { createHash } from 'node:crypto'
import { canonicalJson } from '@hoptrace/events'
import type { AlertFinding } from './alert.ts'
import { compareFindings } from './found.ts'

/** Findings that lie no further apart than this, in microseconds of event time, are one alert. */
const MINUTE_US = 60_000_000

/** One group an alert: each finding lies within a minute of the one before it. */
export function folded(findings: readonly AlertFinding[]): AlertFinding[][] {
  const groups: AlertFinding[][] = []
  for (const finding of [...findings].sort(compareFindings)) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group && before && finding.at.tsUs - before.at.tsUs <= MINUTE_US) group.push(finding)
    else groups.push([finding])
  }
  return groups
}

/** H(rule, anchor) of the earliest finding: the first 128 bits, in hex, of SHA-256 over their canonical JSON (RFC 8785). */
export function alertId({ rule, anchor }: AlertFinding): string {
  return createHash('sha256')
    .update(canonicalJson({ rule: rule.id, anchor }))
    .digest('hex')
    .slice(0, 32)
}
