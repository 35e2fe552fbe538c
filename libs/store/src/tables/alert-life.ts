import type { AlertActionRow } from './alert-actions.ts'

/** Where an alert stands with people. */
export type AlertState = 'open' | 'acknowledged' | 'closed'

/** `reason`: why it was closed; null unless it is. */
export type AlertLife = { state: AlertState; assignee: string | null; reason: string | null }

/** What actions on an alert, oldest first, have made of it. Pure. */
export function lifeOf(actions: readonly AlertActionRow[]): AlertLife {
  const life: AlertLife = { state: 'open', assignee: null, reason: null }
  for (const { kind, assignee, reason } of actions) {
    if (kind === 'assign') life.assignee = assignee
    if (kind === 'acknowledge') Object.assign(life, { state: 'acknowledged', reason: null })
    if (kind === 'reopen') Object.assign(life, { state: 'open', reason: null })
    if (kind === 'close') Object.assign(life, { state: 'closed', reason })
  }
  return life
}
