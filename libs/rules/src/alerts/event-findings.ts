import type { Moment } from '../facts/facts.ts'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import { isExpected } from '../policy/explanations.ts'
import { type RuleRecord, valuesAt } from '../record.ts'
import { readRef } from '../refs.ts'
import type { Finding } from '../rule-set.ts'
import type { AlertFinding } from './alert.ts'
import { findingOf, ruleId } from './found.ts'
import { eventSentence } from './sentence.ts'

/** What a rule over events found, with the record of its anchor, and the access that this happened in where it is known. */
export type EventFinding = { finding: Finding; record: RuleRecord; access: string | null }

export function eventFinding({ finding, record, access }: EventFinding, policy: AlertPolicy): AlertFinding {
  return findingOf(finding.rule, {
    anchor: finding.anchor,
    at: momentOf(record),
    access,
    refs: finding.refs,
    sentence: eventSentence(record.fields, finding.rule.title),
    isExplained: isEventExpected(record, policy),
  })
}

/** A field's first value where it is text that says something. */
export function textAt({ fields }: RuleRecord, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const [value] = valuesAt(fields, path)
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

function momentOf({ ref, tsUs, fields }: RuleRecord): Moment {
  const place = readRef(ref)
  const [ms] = valuesAt(fields, 'ms')
  const at = place?.kind === 'event' ? { session: place.session, seq: place.seq } : { session: '', seq: 0 }
  return { ...at, tsUs, ms: typeof ms === 'number' ? ms : 0 }
}

// Nothing that was declared explains a recording that stopped.
function isEventExpected(record: RuleRecord, policy: AlertPolicy): boolean {
  if (textAt(record, 'type')?.startsWith('recording.')) return false
  if (valuesAt(record.fields, 'isExpected')[0] === true) return true
  const target = textAt(record, 'target.name', 'hoptrace.target')
  const principal = textAt(record, 'principal', 'hoptrace.principal')
  const agentTemplate = textAt(record, 'agentTemplate')
  return target !== null && isExpected(policy, { target, principal, agentTemplate, tsUs: record.tsUs })
}

/** References that a finding keeps. */
const MAX_REFS = 1024

/** A correlation that told of itself again and again, as one: the first, with what it came to rest on. */
export function merged(found: readonly EventFinding[]): EventFinding[] {
  const byAnchor = new Map<string, { first: EventFinding; refs: Set<string> }>()
  const inOrder = [...found].sort((a, b) => a.finding.tsUs - b.finding.tsUs || a.finding.refs.length - b.finding.refs.length)
  for (const each of inOrder) {
    const key = JSON.stringify([ruleId(each.finding.rule), each.finding.anchor])
    const known = byAnchor.get(key) ?? { first: each, refs: new Set<string>() }
    for (const ref of each.finding.refs) if (known.refs.size < MAX_REFS) known.refs.add(ref)
    byAnchor.set(key, known)
  }
  return [...byAnchor.values()].map(({ first, refs }) => ({ ...first, finding: { ...first.finding, refs: [...refs] } }))
}
