import type { AlertActionRow } from './alert-actions.ts'
import type { AlertRow } from './alerts.ts'

/** Where an alert stands with people. */
export type AlertState = 'open' | 'acknowledged' | 'closed'

/** `reason`: why it was closed; null unless it is. */
export type AlertLife = { state: AlertState; assignee: string | null; reason: string | null }

/** Least first. */
export const SEVERITIES: readonly AlertRow['severity'][] = ['informational', 'low', 'medium', 'high', 'critical']
export const RESPONSES: readonly AlertRow['response'][] = ['log', 'queue', 'page']

/** What an alert calls for. */
export type Urgency = Pick<AlertRow, 'severity' | 'response'>

/**
 * What actions on an alert, oldest first, have made of it. One that was acknowledged or closed, and calls for more since, is open: nobody
 * has looked at what it became. Pure.
 */
export function lifeOf(actions: readonly AlertActionRow[], now: Urgency): AlertLife {
  const life: AlertLife = { state: 'open', assignee: null, reason: null }
  for (const { kind, assignee, reason } of actions) {
    if (kind === 'assign') life.assignee = assignee
    if (kind === 'acknowledge') Object.assign(life, { state: 'acknowledged', reason: null })
    if (kind === 'reopen') Object.assign(life, { state: 'open', reason: null })
    if (kind === 'close') Object.assign(life, { state: 'closed', reason })
  }
  const last = actions.findLast(({ kind }) => kind === 'acknowledge' || kind === 'close' || kind === 'reopen')
  return last && isMore(now, last) ? { ...life, state: 'open', reason: null } : life
}

// What was not noted is taken to have been seen.
function isMore(now: Urgency, { severity, response }: Pick<AlertActionRow, 'severity' | 'response'>): boolean {
  if (severity === '' || response === '') return false
  return SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(severity) || RESPONSES.indexOf(now.response) > RESPONSES.indexOf(response)
}
