import { pivotsOf, presentedSecrets } from '@hoptrace/shell'
import { type NamedPivot, namedPivots } from './named-pivot.ts'

/** The pivots that a command line names, at most MAX_PIVOTS. Linear; never throws. */
export function pivotsInLine(line: string): NamedPivot[] {
  const found = pivotsOf(line)
  if (found.length === 0) return []
  const secrets = presentedSecrets(line)
  return namedPivots(found.map(({ offset, ...destination }) => ({ destination, text: line, from: offset, secrets })))
}
