import type { AlertResponse, Backtest, RuleChecked, RuleDetail } from '@hoptrace/api'

/** A rule as it is being edited. */
export type Draft = { text: string; response: AlertResponse; isEnabled: boolean }

const WEEK_MS = 7 * 86_400_000

/** What stands in the way of saving, in words; null when nothing does. */
export function hindrance(
  draft: Draft,
  rule: Pick<RuleDetail, 'text' | 'response' | 'isEnabled'> | null,
  checked: RuleChecked | undefined,
  looked: { backtest: Backtest; text: string } | null,
): string | null {
  if (rule !== null && !isChanged(draft, rule)) return 'Nothing was changed.'
  if (checked === undefined) return 'The text is being checked.'
  if (checked.faults.length > 0) return 'The text has faults.'
  if (checked.rules.length === 0) return 'The text holds no rule.'
  if (!needsBacktest(draft, rule)) return null
  if (looked === null || looked.text !== draft.text)
    return 'To page a person, look first at what this text would have paged: run its backtest.'
  if (!isOfAWeek(looked.backtest)) return 'To page a person, the backtest must look at a week at least.'
  return null
}

export function isChanged(draft: Draft, rule: Pick<RuleDetail, 'text' | 'response' | 'isEnabled'>): boolean {
  return draft.text !== rule.text || draft.response !== rule.response || draft.isEnabled !== rule.isEnabled
}

/** A rule that pages already may be switched on and off; a new text, or one that did not page, must be looked at first. */
export function needsBacktest(draft: Draft, rule: Pick<RuleDetail, 'text' | 'response'> | null): boolean {
  return draft.response === 'page' && (rule === null || rule.response !== 'page' || draft.text !== rule.text)
}

// A second is let go: a week from now is asked for a moment later.
const isOfAWeek = ({ range }: Backtest) => Date.parse(range.to) - Date.parse(range.from) >= WEEK_MS - 1000

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
