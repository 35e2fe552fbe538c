/**
 * - `word`: keyword or identifier without quotes
 * - `quoted`: `"identifier"`
 * - `literal`: string in any spelling, number, or `$1`
 * - `symbol`: one character of anything else
 */
export type TokenKind = 'word' | 'quoted' | 'literal' | 'symbol'

/**
 * Cuts SQL into tokens as PostgreSQL's lexer does (documentation, "Lexical Structure"), comments and space left out.
 * Linear in the text's length for any input: an unterminated quote or comment runs to the end, once.
 * `standard_conforming_strings` is taken as on, its value since PostgreSQL 9.1.
 */
export class Tokens {
  kind: TokenKind = 'symbol'
  /** Offsets of the current token, in UTF-16 units. */
  start = 0
  end = 0

  constructor(
    readonly text: string,
    private readonly limit = text.length,
  ) {}

  /** Moves to the next token; false at the end. */
  next(): boolean {
    this.start = this.skipSpace(this.end)
    if (this.start >= this.limit) {
      this.end = this.limit
      return false
    }
    this.end = this.endOfToken(this.text.charCodeAt(this.start))
    return true
  }

  /** The current token in upper case when it is a word, else empty. */
  get keyword(): string {
    return this.kind === 'word' && this.end - this.start <= 32 ? this.text.slice(this.start, this.end).toUpperCase() : ''
  }

  is(symbol: string): boolean {
    return this.kind === 'symbol' && this.text[this.start] === symbol
  }

  private endOfToken(first: number): number {
    if (isWordStart(first)) return this.endOfWord()
    if (first === 34) return this.as('quoted', this.endOfQuoted(this.start + 1, 34, false))
    if (first === 39) return this.as('literal', this.endOfQuoted(this.start + 1, 39, false))
    if (first === 36) return this.endOfDollar()
    if (isDigit(first)) return this.as('literal', this.runWhile(this.start + 1, isNumberPart))
    return this.as('symbol', this.start + 1)
  }

  private as(kind: TokenKind, end: number): number {
    this.kind = kind
    return end
  }

  // A string may carry its spelling in front: E'…' with backslashes, B'…', X'…', N'…', U&'…'.
  private endOfWord(): number {
    const end = this.runWhile(this.start + 1, isWordPart)
    const length = end - this.start
    const mark = this.text.charCodeAt(end)
    const prefix = length === 1 ? this.text.charCodeAt(this.start) | 32 : 0
    if (mark === 39 && (prefix === 101 || prefix === 98 || prefix === 120 || prefix === 110)) {
      return this.as('literal', this.endOfQuoted(end + 1, 39, prefix === 101))
    }
    if (mark === 38 && prefix === 117) {
      const quote = this.text.charCodeAt(end + 1)
      if (quote === 39) return this.as('literal', this.endOfQuoted(end + 2, 39, false))
      if (quote === 34) return this.as('quoted', this.endOfQuoted(end + 2, 34, false))
    }
    return this.as('word', end)
  }

  private endOfQuoted(from: number, quote: number, hasBackslashes: boolean): number {
    for (let at = from; at < this.limit; at += 1) {
      const unit = this.text.charCodeAt(at)
      if (unit === 92 && hasBackslashes) at += 1
      else if (unit === quote) {
        if (this.text.charCodeAt(at + 1) !== quote) return at + 1
        at += 1
      }
    }
    return this.limit
  }

  // `$tag$ … $tag$`, or the parameter `$1`.
  private endOfDollar(): number {
    const after = this.start + 1
    if (isDigit(this.text.charCodeAt(after))) return this.as('literal', this.runWhile(after, isDigit))
    const tagEnd = isWordStart(this.text.charCodeAt(after)) ? this.runWhile(after, isTagPart) : after
    if (this.text.charCodeAt(tagEnd) !== 36) return this.as('symbol', after)
    const tag = this.text.slice(this.start, tagEnd + 1)
    const close = this.text.indexOf(tag, tagEnd + 1)
    return this.as('literal', close < 0 ? this.limit : Math.min(close + tag.length, this.limit))
  }

  private runWhile(from: number, belongs: (unit: number) => boolean): number {
    let at = from
    while (at < this.limit && belongs(this.text.charCodeAt(at))) at += 1
    return at
  }

  private skipSpace(from: number): number {
    let at = from
    while (at < this.limit) {
      const unit = this.text.charCodeAt(at)
      if (unit <= 32) at += 1
      else if (unit === 45 && this.text.charCodeAt(at + 1) === 45) at = this.endOfLine(at)
      else if (unit === 47 && this.text.charCodeAt(at + 1) === 42) at = this.endOfComment(at + 2)
      else return at
    }
    return at
  }

  private endOfLine(from: number): number {
    let at = from
    while (at < this.limit && this.text.charCodeAt(at) !== 10 && this.text.charCodeAt(at) !== 13) at += 1
    return at
  }

  // Block comments nest.
  private endOfComment(from: number): number {
    let depth = 1
    for (let at = from; at < this.limit; at += 1) {
      const unit = this.text.charCodeAt(at)
      const following = this.text.charCodeAt(at + 1)
      if (unit === 47 && following === 42) {
        depth += 1
        at += 1
      } else if (unit === 42 && following === 47) {
        depth -= 1
        at += 1
        if (depth === 0) return at + 1
      }
    }
    return this.limit
  }
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57
const isLetter = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90)
const isWordStart = (unit: number): boolean => isLetter(unit) || unit === 95 || unit >= 128
const isTagPart = (unit: number): boolean => isWordStart(unit) || isDigit(unit)
const isWordPart = (unit: number): boolean => isTagPart(unit) || unit === 36
const isNumberPart = (unit: number): boolean => isTagPart(unit) || unit === 46
