import type { ChainFacts } from '../facts/facts.ts'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import type { RuleRecord } from '../record.ts'
import type { Rule } from '../rule.ts'
import type { Finding } from '../rule-set.ts'
import type { Alert } from './alert.ts'

/** What a rule over events found, with the record of its anchor, and the access that this happened in where it is known. */
export type EventFinding = { finding: Finding; record: RuleRecord; access: string | null }

/**
 * The alerts of a chain, earliest first: its records through a fresh set of the rules, folded.
 * @param found what rules over events found in the chain's accesses: it is folded with the rest
 */
export function alertsOfChain(
  _chain: ChainFacts,
  _rules: readonly Rule[],
  _policy: AlertPolicy,
  _found: readonly EventFinding[] = [],
): Alert[] {
  return []
}

/** Alerts of findings over events that are in no chain, earliest first. One caller's within a minute are one. */
export function alertsOfFindings(_found: readonly EventFinding[], _policy: AlertPolicy): Alert[] {
  return []
}
