export { appendPivots } from './append-pivots.ts'
export type { NamedPivot } from './named-pivot.ts'
export { inputReaderOf, pivotsInLine } from './pivots-in-line.ts'
export { pivotsInStatement } from './pivots-in-statement.ts'
