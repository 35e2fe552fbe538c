import type { AlertAction } from '@hoptrace/api'
import { plainRecorded } from '../../format/recorded.ts'
import { closeReasons } from '../alerts/close-reasons.ts'

/** An action, as the end of a sentence that begins with who did it. */
export function doneIn({ kind, reason, assignee }: Pick<AlertAction, 'kind' | 'reason' | 'assignee'>): string {
  if (kind === 'acknowledge') return 'acknowledged it'
  if (kind === 'close') return reason === null ? 'closed it' : `closed it as ${closeReasons[reason].word.toLowerCase()}`
  if (kind === 'reopen') return 'reopened it'
  if (kind === 'assign') return assignee === null ? 'took its assignee away' : `gave it to ${plainRecorded(assignee, 80)}`
  return 'noted'
}
