import type { ShellWord } from '../command.ts'

/** How a command reaches out. `forward` opens a tunnel, `jump` is a host on the way. */
export type PivotRelation = 'connect' | 'jump' | 'forward' | 'copy' | 'exec' | 'fetch'

/** Where a command says that it will go. That it went there is another matter. */
export type Pivot = {
  /** The program, `ssh`, without its path. */
  tool: string
  relation: PivotRelation
  /** As written, without brackets; null where the command leaves it to a configuration. */
  host: string | null
  port: number | null
  account: string | null
  /** What is reached there: a database, a container, `namespace/pod`, a context's name. */
  object: string | null
  /** Host on which the command itself runs: the last `ssh` around it. Null where the line was given. */
  on: string | null
  /** Where the destination stands in the line, in UTF-16 units; the word's start where quotes hide the exact place. */
  offset: number
}

/** A pivot as one program's reader finds it. `inner` is a command line that the destination would run. */
export type FoundPivot = Omit<Pivot, 'on' | 'tool'> & { inner?: ShellWord[] }

/** Variables that stand before the command, `PGHOST=db psql`, with the words of their values. */
export type Variables = ReadonlyMap<string, ShellWord>

export type PivotReader = (words: readonly ShellWord[], variables: Variables) => Iterable<FoundPivot>

const nowhere = { host: null, port: null, account: null, object: null }

/** A pivot to what `word` names; what is not said is null. */
export function to(relation: PivotRelation, word: ShellWord, what: Partial<Omit<FoundPivot, 'relation' | 'offset'>>): FoundPivot {
  return { ...nowhere, relation, offset: word.offset, ...what }
}
