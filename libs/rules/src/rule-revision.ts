import { createHash } from 'node:crypto'
import { canonicalJson } from '@hoptrace/events'
import type { Rule } from './rule.ts'

const known = new WeakMap<Rule, string>()

/** Names the text of a rule, whatever its layout: the first 12 hex digits of SHA-256 over its document in canonical JSON (RFC 8785). */
export function ruleRevision(rule: Rule): string {
  const before = known.get(rule)
  if (before !== undefined) return before
  const revision = createHash('sha256').update(canonicalJson(rule.document)).digest('hex').slice(0, 12)
  known.set(rule, revision)
  return revision
}
