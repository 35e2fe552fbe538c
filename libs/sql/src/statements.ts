import { Tokens } from './tokens.ts'

/**
 * Start and end of each statement in a string that may hold several, in UTF-16 units, space and comments around it left out.
 * A semicolon inside quotes, brackets or a function body (`BEGIN ATOMIC … END`) does not end a statement. Empty ones are left out,
 * as the server answers none of them.
 */
export function splitStatements(text: string): [number, number][] {
  const parts: [number, number][] = []
  const tokens = new Tokens(text)
  const scope = new Scope()
  let start = -1
  let end = -1
  while (tokens.next()) {
    if (tokens.is(';') && scope.isOutermost) {
      if (start >= 0) parts.push([start, end])
      start = -1
      scope.reset()
      continue
    }
    if (start < 0) start = tokens.start
    end = tokens.end
    scope.take(tokens)
  }
  if (start >= 0) parts.push([start, end])
  return parts
}

/** Follows brackets, and the blocks inside `CREATE FUNCTION … BEGIN ATOMIC`, as psql's own splitter does. */
class Scope {
  private brackets = 0
  private blocks = 0
  private words = 0
  private isRoutine = false
  private isCreate = false
  private afterBegin = false

  get isOutermost(): boolean {
    return this.brackets === 0 && this.blocks === 0
  }

  reset(): void {
    this.brackets = 0
    this.blocks = 0
    this.words = 0
    this.isRoutine = false
    this.isCreate = false
    this.afterBegin = false
  }

  take(tokens: Tokens): void {
    if (tokens.is('(')) this.brackets += 1
    else if (tokens.is(')')) this.brackets = Math.max(0, this.brackets - 1)
    else if (tokens.kind === 'word') this.takeWord(tokens.keyword)
  }

  private takeWord(keyword: string): void {
    this.words += 1
    if (this.words === 1) this.isCreate = keyword === 'CREATE'
    if (this.isCreate && this.words <= 4 && (keyword === 'FUNCTION' || keyword === 'PROCEDURE')) this.isRoutine = true
    if (!this.isRoutine) return
    if (this.blocks === 0) {
      if (this.afterBegin && keyword === 'ATOMIC') this.blocks = 1
      this.afterBegin = keyword === 'BEGIN'
    } else if (keyword === 'CASE' || keyword === 'BEGIN') this.blocks += 1
    else if (keyword === 'END') this.blocks -= 1
  }
}

const VERBS_AFTER_WITH = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE'])

/**
 * What the first statement does: its first keyword in upper case. `WITH … UPDATE` is UPDATE; EXPLAIN stays EXPLAIN.
 * Empty when the text does not begin with a keyword.
 */
export function statementKind(text: string): string {
  const tokens = new Tokens(text)
  while (tokens.next()) {
    if (tokens.is('(') || tokens.is(';')) continue
    const keyword = tokens.keyword
    return keyword === 'WITH' ? verbAfterWith(tokens) : keyword
  }
  return ''
}

function verbAfterWith(tokens: Tokens): string {
  let depth = 0
  while (tokens.next()) {
    if (tokens.is('(')) depth += 1
    else if (tokens.is(')')) depth -= 1
    else if (depth === 0 && VERBS_AFTER_WITH.has(tokens.keyword)) return tokens.keyword
  }
  return 'WITH'
}

/** The first words of a text, keywords in upper case and quoted names as they stand; at most `count`, fewer where something else stands. */
export function leadingWords(text: string, count: number): string[] {
  const words: string[] = []
  const tokens = new Tokens(text)
  while (words.length < count && tokens.next() && (tokens.kind === 'word' || tokens.kind === 'quoted')) {
    const word = text.slice(tokens.start, tokens.end)
    words.push(tokens.kind === 'word' ? word.toUpperCase() : word)
  }
  return words
}
