import { createHash } from 'node:crypto'
import { canonicalJson } from '@hoptrace/events'
import type { AlertFinding } from './alert.ts'
import { compareFindings } from './found.ts'

/** Findings that lie no further apart than this, in microseconds of event time, are one alert. */
const MINUTE_US = 60_000_000
/** An alert lasts no longer: what goes on for hours cannot be kept in one that somebody has closed. In microseconds of event time. */
const LONGEST_US = 60 * MINUTE_US

/** One group an alert: each finding lies within a minute of the one before it, and within an hour of the first. */
export function folded(findings: readonly AlertFinding[]): AlertFinding[][] {
  const groups: AlertFinding[][] = []
  for (const finding of [...findings].sort(compareFindings)) {
    const group = groups.at(-1)
    const [first, before] = [group?.[0], group?.at(-1)]
    const { tsUs } = finding.at
    if (group && first && before && tsUs - before.at.tsUs <= MINUTE_US && tsUs - first.at.tsUs <= LONGEST_US) group.push(finding)
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
