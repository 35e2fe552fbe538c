import { type Pivot, pivotsOf, pivotsOfInput, presentedSecrets, readsCommands } from '@hoptrace/shell'
import { type NamedPivot, namedPivots } from './named-pivot.ts'

/** The pivots that a command line names, at most MAX_PIVOTS. Linear; never throws. */
export function pivotsInLine(line: string): NamedPivot[] {
  return pivotsFound(line, pivotsOf(line))
}

/** Reads the lines that are put into what `command` started, on a terminal or from a pipe; null where it reads no commands. */
export function inputReaderOf(command: string, isPty: boolean): ((line: string) => NamedPivot[]) | null {
  if (readsCommands(command)) return (line) => pivotsFound(line, pivotsOfInput(command, line))
  // At a terminal any program may start a shell: `sudo -i`, `tmux`.
  return isPty ? pivotsInLine : null
}

function pivotsFound(line: string, found: readonly Pivot[]): NamedPivot[] {
  if (found.length === 0) return []
  const secrets = presentedSecrets(line)
  return namedPivots(found.map(({ offset, ...destination }) => ({ destination, text: line, from: offset, secrets })))
}
