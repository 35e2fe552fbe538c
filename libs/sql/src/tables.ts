import { Tokens } from './tokens.ts'

const MAX_TABLES = 64
const MAX_NAME = 200
const MAX_DEPTH = 1000
/** Names are looked for in this many UTF-16 units from the start. */
const SCAN_LIMIT = 64 * 1024

// Words that may stand between the keyword and the name.
const SKIPPED = new Set(['ONLY', 'IF', 'NOT', 'EXISTS', 'TABLE', 'LATERAL', 'TEMP', 'TEMPORARY', 'UNLOGGED', 'CONCURRENTLY'])
const wordSet = (words: string): Set<string> => new Set(words.split(' '))
// Words after which a list of tables is over.
const LIST_ENDS = wordSet('SELECT WHERE SET VALUES GROUP ORDER HAVING LIMIT OFFSET RETURNING UNION EXCEPT INTERSECT FOR WINDOW FETCH')
// No table has such a name without quotes.
const RESERVED = new Set([...LIST_ENDS, ...wordSet('ON USING FROM OF NOWAIT SKIP STDIN STDOUT PROGRAM TO AS WITH DEFAULT WHEN THEN')])
// `EXTRACT(year FROM x)` and its kin say FROM without a table.
const FROM_FUNCTIONS = new Set(['EXTRACT', 'SUBSTRING', 'TRIM', 'OVERLAY', 'POSITION'])
const BEGINS_TABLE = new Set(['JOIN', 'INTO', 'TABLE', 'COPY', 'TRUNCATE', 'USING'])
const LISTING = new Set(['FROM', 'TRUNCATE', 'USING', 'TABLE'])

/**
 * Names of the tables that a text reads or writes, by what stands after FROM, JOIN, INTO, UPDATE, TABLE, COPY and the like:
 * a best effort for search and filters, never a ground for a decision. Unquoted names are folded to lower case.
 * Bounded, and never throws.
 */
export function tablesOf(text: string): string[] {
  return new TableFinder(new Tokens(text, Math.min(text.length, SCAN_LIMIT))).find()
}

class TableFinder {
  private readonly found = new Set<string>()
  /** Names that WITH gives to its own queries. */
  private readonly common = new Set<string>()
  /** The word before each open bracket. */
  private readonly openers: string[] = []
  /** The last name at each depth of brackets: `name (columns) AS (` defines a common table. */
  private readonly candidates: string[] = []
  private previous = ''
  /** The keyword that a name is awaited after. */
  private awaiting = ''
  /** At each depth of brackets: in a list of tables, where a comma brings another? */
  private readonly isList: boolean[] = []
  private isPending = false

  constructor(private readonly tokens: Tokens) {}

  find(): string[] {
    while (this.found.size < MAX_TABLES && (this.isPending || this.tokens.next())) {
      this.isPending = false
      if (this.tokens.kind === 'symbol') this.takeSymbol()
      else if (this.tokens.kind === 'literal') this.awaiting = ''
      else this.takeWord()
    }
    return [...this.found].filter((name) => !this.common.has(name))
  }

  private takeSymbol(): void {
    const isNext = this.tokens.is(',') && this.isList[this.openers.length] === true
    if (this.tokens.is('(')) this.open()
    else if (this.tokens.is(')')) this.openers.pop()
    else if (this.tokens.is(';')) this.isList[this.openers.length] = false
    if (isNext) this.awaiting = 'FROM'
    else if (!this.tokens.is('*')) this.awaiting = ''
    this.previous = ''
  }

  private open(): void {
    const name = this.candidates[this.openers.length]
    if (name !== undefined && (this.previous === 'AS' || this.previous === 'MATERIALIZED')) this.common.add(name)
    if (this.openers.length < MAX_DEPTH) this.openers.push(this.previous)
    this.isList[this.openers.length] = false
  }

  private takeWord(): void {
    const keyword = this.tokens.keyword
    if (this.awaiting !== '' && SKIPPED.has(keyword)) return
    if (this.awaiting !== '' && !RESERVED.has(keyword)) this.takeName()
    else this.takeKeyword(keyword)
  }

  private takeKeyword(keyword: string): void {
    this.awaiting = this.beginsTable(keyword) ? keyword : ''
    if (LISTING.has(this.awaiting)) this.isList[this.openers.length] = true
    else if (LIST_ENDS.has(keyword)) this.isList[this.openers.length] = false
    if (keyword !== 'AS' && keyword !== 'NOT' && keyword !== 'MATERIALIZED') this.candidates[this.openers.length] = this.part()
    this.previous = keyword
  }

  private beginsTable(keyword: string): boolean {
    if (keyword === 'FROM') return this.previous !== 'DISTINCT' && !FROM_FUNCTIONS.has(this.openers.at(-1) ?? '')
    if (keyword === 'UPDATE') return this.previous !== 'FOR' && this.previous !== 'DO' && this.previous !== 'KEY'
    return BEGINS_TABLE.has(keyword)
  }

  // FROM f(x) calls a function; INTO t (a, b) names columns.
  private takeName(): void {
    const mayBeCall = this.awaiting === 'FROM' || this.awaiting === 'USING' || this.awaiting === 'JOIN'
    const name = this.readName()
    const isCall = mayBeCall && this.isPending && this.tokens.is('(')
    if (!isCall) this.found.add(name)
    this.awaiting = ''
    this.previous = ''
  }

  // `schema.table`, each part quoted or not. Leaves the token after the name to be taken next.
  private readName(): string {
    let name = this.part()
    this.isPending = this.tokens.next()
    while (this.isPending && this.tokens.is('.') && name.length < MAX_NAME && this.tokens.next()) {
      name += `.${this.part()}`
      this.isPending = this.tokens.next()
    }
    return name.slice(0, MAX_NAME).toWellFormed()
  }

  private part(): string {
    const { text, start, end, kind } = this.tokens
    const raw = text.slice(start, Math.min(end, start + MAX_NAME))
    if (kind === 'word') return raw.toLowerCase()
    return kind === 'quoted' ? raw.replace(/^(?:[uU]&)?"|"$/g, '').replaceAll('""', '"') : raw
  }
}
