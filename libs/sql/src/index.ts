export { FirstKeyword } from './first-keyword.ts'
export { leadingWords, splitStatements, statementKind } from './statements.ts'
export { tablesOf } from './tables.ts'
export { type TokenKind, Tokens } from './tokens.ts'
