import type { RunDetail } from '@hoptrace/api'
import { plural } from '../../format/quantity.ts'

type Known = Pick<RunDetail, 'sessions' | 'denials' | 'grants'>

/** Why a run raised nothing, as far as it is known: what it did, what it was refused, and that no rule found more in it. */
export function whyQuiet({ sessions, denials, grants }: Known): string {
  if (sessions === 0 && denials === 0) return 'It reached nothing so far, and asked for nothing that was refused.'
  const reached =
    sessions === 0
      ? 'It reached nothing'
      : `Its ${plural(sessions, 'session')} stayed inside ${grants.length === 1 ? 'its grant' : `its ${grants.length} grants`}`
  const refused = denials === 0 ? 'and nothing was refused' : `and ${plural(denials, 'attempt was', 'attempts were')} refused`
  return `${reached}, ${refused}; no rule that is on found a boundary crossed.`
}
