import { pivotsOf, presentedSecrets } from '@hoptrace/shell'
import { type SqlPivot, withParameters } from '@hoptrace/sql'
import { type Found, type NamedPivot, namedPivots } from './named-pivot.ts'

type Program = Extract<SqlPivot, { kind: 'program' }>
type Connection = Extract<SqlPivot, { kind: 'connect' }>

/**
 * What the parser found in a statement's text, with what its bind values name and the pivots of the command lines that the database
 * would run. At most MAX_PIVOTS.
 * @param values bind values that are text, null for others
 */
export function pivotsInStatement(text: string, pivots: readonly SqlPivot[], values: readonly (string | null)[] = []): NamedPivot[] {
  return namedPivots(withParameters(pivots, values).flatMap((pivot) => foundIn(text, pivot)))
}

function foundIn(text: string, pivot: SqlPivot): Found[] {
  if (pivot.kind === 'program') return ofProgram(text, pivot)
  return pivot.kind === 'connect' ? [ofConnection(text, pivot)] : []
}

function ofConnection(text: string, { by, host, port, account, database, password, offset }: Connection): Found {
  const secrets = password === null ? [] : [{ secret: password, offset: placeAfter(text, password, offset) }]
  const destination = { tool: by, relation: 'connect' as const, host, port, account, object: database, on: null }
  return { destination, text, from: offset, secrets }
}

function ofProgram(text: string, { command, offset }: Program): Found[] {
  const start = text.indexOf(command, offset)
  const places = (within: number) => (start < 0 ? offset : start + within)
  const secrets = presentedSecrets(command).map((presented) => ({ ...presented, offset: places(presented.offset) }))
  return pivotsOf(command).map(({ offset: within, ...destination }) => ({ destination, text, from: places(within), secrets }))
}

function placeAfter(text: string, value: string, offset: number): number {
  const at = text.indexOf(value, offset)
  return at < 0 ? offset : at
}
