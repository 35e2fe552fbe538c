import type { AlertResponse, Backtest, RuleChecked, RuleDetail } from '@hoptrace/api'

/** A rule as it is being edited. */
export type Draft = { text: string; response: AlertResponse; isEnabled: boolean }

/** A backtest that somebody looked at: of which text, and over how many days. */
export type Looked = { backtest: Backtest; text: string; days: number }

/** What stands in the way of saving, in words; null when nothing does. */
export function hindrance(
  draft: Draft,
  rule: Pick<RuleDetail, 'text' | 'response' | 'isEnabled'> | null,
  checked: RuleChecked | undefined,
  looked: Looked | null,
): string | null {
  if (rule !== null && !isChanged(draft, rule)) return 'Nothing was changed.'
  if (checked === undefined) return 'The text is being checked.'
  if (checked.faults.length > 0) return 'The text has faults.'
  if (checked.rules.length === 0) return 'The text holds no rule.'
  if (!needsBacktest(draft, rule)) return null
  if (looked === null || looked.text !== draft.text)
    return 'To page a person, look first at what this text would have paged: run its backtest.'
  if (looked.days < 7) return 'To page a person, the backtest must look at a week at least.'
  return null
}

export function isChanged(draft: Draft, rule: Pick<RuleDetail, 'text' | 'response' | 'isEnabled'>): boolean {
  return draft.text !== rule.text || draft.response !== rule.response || draft.isEnabled !== rule.isEnabled
}

/** A rule that pages now may go on; a new text, or one that paged nobody so far, must be looked at first. */
export function needsBacktest(draft: Draft, rule: Pick<RuleDetail, 'text' | 'response' | 'isEnabled'> | null): boolean {
  const pagesNow = rule?.isEnabled === true && rule.response === 'page' && rule.text === draft.text
  return draft.isEnabled && draft.response === 'page' && !pagesNow
}

/** Offset of a line and a column, both from 1, in a text: where the caret goes. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  return Math.min(text.length, before + Math.min(column - 1, lines[line - 1]?.length ?? 0))
}

/** What a new rule begins with. It raises nothing until it says what it looks for. */
export const TEMPLATE = `title: A secret is used at a privileged target
id: ID
status: experimental
description: What to look at, and in which order.
falsepositives:
  - What else it may be
level: medium
tags:
  - attack.t1552
logsource:
  product: hoptrace
  category: hop
detection:
  selection:
    class: credential-flow
    to.isPrivileged: true
  condition: selection
`
