import { plural } from '../../format/quantity.ts'
import type { ActOutcome } from './use-alert-acts.ts'

/** What came of several acts, as one line. */
export function outcomeSaid(outcomes: readonly ActOutcome[]): string {
  if (outcomes.length === 0) return 'Nothing to do: it was done already.'
  const of = (kind: ActOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length
  const failed = outcomes.find((outcome) => outcome.kind === 'failed')
  return [
    of('done') > 0 ? `${plural(of('done'), 'alert')} done.` : '',
    of('overtaken') > 0 ? `${plural(of('overtaken'), 'alert')} not touched: somebody else acted first. Look again.` : '',
    failed === undefined ? '' : `${plural(of('failed'), 'alert')} failed: ${failed.message}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
