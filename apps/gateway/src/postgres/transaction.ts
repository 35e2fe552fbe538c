import type { EventBody } from '@hoptrace/events'
import { leadingWords } from '@hoptrace/sql'

export type TransactionState = EventBody<'sql.statement'>['transaction']

/** The state that ReadyForQuery names. */
export function readyState(status: number): TransactionState {
  if (status === 69) return 'failed'
  return status === 84 ? 'transaction' : 'idle'
}

/** The state after a command completed, by its tag: ReadyForQuery, which knows, comes only later. */
export function stateAfter(tag: string, text: string, before: TransactionState): TransactionState {
  if (tag === 'BEGIN' || tag === 'START TRANSACTION') return 'transaction'
  if (tag === 'ROLLBACK') return isRollbackTo(text) ? 'transaction' : 'idle'
  return tag === 'COMMIT' || tag === 'PREPARE TRANSACTION' ? 'idle' : before
}

// ROLLBACK [WORK | TRANSACTION] TO has the tag of a whole ROLLBACK.
function isRollbackTo(text: string): boolean {
  return leadingWords(text, 3).includes('TO')
}
