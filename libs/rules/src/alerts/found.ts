import type { Level, Response } from '../document/rule-document.ts'
import type { Moment } from '../facts/facts.ts'
import { compareMoments, compareText } from '../records/order.ts'
import type { Rule } from '../rule.ts'
import { ruleRevision } from '../rule-revision.ts'
import type { AlertFinding } from './alert.ts'

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical']
const RESPONSES: readonly Response[] = ['log', 'queue', 'page']

export function severityOf({ document }: Rule): Level {
  return document.level ?? 'medium'
}

/** What a rule of others does not say: whoever looks at the queue sees it. */
export function responseOf(rule: Rule): Response {
  return rule.document.response ?? (severityOf(rule) === 'informational' ? 'log' : 'queue')
}

/** A rule's id; of one without, its name or its title. */
export function ruleId({ id, name, title }: Rule): string {
  return id ?? name ?? title
}

export function highestLevel(levels: readonly Level[]): Level {
  return LEVELS.findLast((level) => levels.includes(level)) ?? 'informational'
}

export function mostUrgent(responses: readonly Response[]): Response {
  return RESPONSES.findLast((response) => responses.includes(response)) ?? 'log'
}

type Told = Pick<AlertFinding, 'anchor' | 'access' | 'sentence'> & { at: Moment; refs: readonly string[]; isExplained: boolean }

/** What a rule found, as an alert keeps it: explained by what was declared, it is only kept. */
export function findingOf(rule: Rule, { isExplained, anchor, at, access, refs, sentence }: Told): AlertFinding {
  return {
    rule: { id: ruleId(rule), title: rule.title, revision: ruleRevision(rule), tags: rule.document.tags ?? [] },
    severity: severityOf(rule),
    response: isExplained ? 'log' : responseOf(rule),
    anchor,
    at,
    access,
    refs,
    sentence,
  }
}

/** Earliest first; at one moment by rule. */
export function compareFindings(a: AlertFinding, b: AlertFinding): number {
  return compareMoments(a.at, b.at) || compareText(a.rule.id, b.rule.id) || compareText(a.anchor, b.anchor)
}

/** The one that tells most: the most urgent, then the most severe, then the earliest. `findings` are in their order. */
export function foremost(findings: readonly AlertFinding[]): AlertFinding | undefined {
  const weight = ({ severity, response }: AlertFinding) => RESPONSES.indexOf(response) * LEVELS.length + LEVELS.indexOf(severity)
  return findings.reduce<AlertFinding | undefined>((best, each) => (best && weight(best) >= weight(each) ? best : each), undefined)
}

/** Findings that an alert keeps. */
const MAX_FINDINGS = 200

/** The earliest of an alert's findings, and the one that tells most, in their order. */
export function keptOf(findings: readonly AlertFinding[]): readonly AlertFinding[] {
  if (findings.length <= MAX_FINDINGS) return findings
  const chief = foremost(findings)
  const first = findings.slice(0, MAX_FINDINGS)
  return chief && !first.includes(chief) ? [...first.slice(0, -1), chief] : first
}
