import type { ShellWord } from './command.ts'

export type Token =
  | { kind: 'word'; word: ShellWord; substitutions: Substitution[] }
  | { kind: 'operator'; text: string }
  | { kind: 'redirection'; text: string }

/** The text inside `$(…)` or backquotes, and where it begins. */
export type Substitution = { text: string; offset: number }

const OPERATORS = ['&&', '||', ';;', '|&', ';', '|', '&', '\n', '(', ')']
const REDIRECTIONS = ['<<<', '<<-', '<<', '<>', '<&', '>>', '>&', '>|', '<', '>']

/**
 * Cuts a command line into the tokens of the POSIX shell (IEEE 1003.1, Shell Command Language 2.2 and 2.3), without
 * expanding anything. Never throws: an unclosed quote ends with the text. Linear in the text's length.
 */
export class Lexer {
  private at = 0
  private word = ''
  private wordStart = -1
  private substitutions: Substitution[] = []
  private isCutShort = false

  constructor(
    private readonly text: string,
    private readonly offset: number,
  ) {}

  /** After the last token: did the text end inside a quote, a substitution, a here-document or an escaped line end? */
  get isOpen(): boolean {
    return this.isCutShort
  }

  *tokens(): Generator<Token> {
    while (this.at < this.text.length) {
      const mark = this.startsWith(REDIRECTIONS) ?? this.startsWith(OPERATORS)
      if (mark === null && this.takePart()) continue
      yield* this.finishWord(mark)
      this.at += mark?.length ?? 1
      if (mark !== null) yield { kind: REDIRECTIONS.includes(mark) ? 'redirection' : 'operator', text: mark }
    }
    yield* this.finishWord(null)
  }

  /** Takes the body of a here-document: the lines up to the one that holds just `delimiter`. */
  takeHereDocument(delimiter: string, mayIndent: boolean): ShellWord {
    const start = this.at
    while (this.at < this.text.length) {
      const from = this.at
      const end = this.text.indexOf('\n', from)
      const line = this.text.slice(from, end < 0 ? undefined : end)
      this.at = end < 0 ? this.text.length : end + 1
      if ((mayIndent ? line.replace(/^\t+/, '') : line) === delimiter) return this.piece(start, from)
    }
    this.isCutShort = true
    return this.piece(start, this.at)
  }

  private piece(from: number, to: number): ShellWord {
    return { text: this.text.slice(from, to), offset: this.offset + from }
  }

  private startsWith(marks: readonly string[]): string | null {
    const char = this.text[this.at] ?? ''
    if (!'<>&|;\n()'.includes(char)) return null
    return marks.find((mark) => this.text.startsWith(mark, this.at)) ?? null
  }

  /** Takes one part of a word; false at white space. */
  private takePart(): boolean {
    const char = this.text[this.at] ?? ''
    if (char === ' ' || char === '\t' || char === '\r') return false
    if (char === '#' && this.wordStart < 0) return this.skipComment()
    if (this.wordStart < 0) this.wordStart = this.at
    if (char === "'") this.takeSingleQuoted()
    else if (char === '"') this.takeDoubleQuoted()
    else if (char === '\\') this.takeEscaped()
    else if (char === '`' || this.text.startsWith('$(', this.at)) this.takeSubstitution()
    else this.takePlain()
    return true
  }

  private *finishWord(next: string | null): Generator<Token> {
    if (this.wordStart < 0) return
    const word = { text: this.word, offset: this.offset + this.wordStart }
    const { substitutions } = this
    this.word = ''
    this.wordStart = -1
    this.substitutions = []
    // The number before a redirection names a file descriptor and is no word: `2>`.
    if (next !== null && REDIRECTIONS.includes(next) && /^\d{1,4}$/.test(word.text)) return
    yield { kind: 'word', word, substitutions }
  }

  private skipComment(): true {
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end
    return true
  }

  private takePlain(): void {
    const start = this.at
    while (this.at < this.text.length && !' \t\r\n\'"\\`$<>&|;()'.includes(this.text[this.at] ?? ' ')) this.at += 1
    if (this.at === start) this.at += 1
    this.word += this.text.slice(start, this.at)
  }

  private takeSingleQuoted(): void {
    const end = this.text.indexOf("'", this.at + 1)
    this.word += this.text.slice(this.at + 1, end < 0 ? undefined : end)
    this.isCutShort ||= end < 0
    this.at = end < 0 ? this.text.length : end + 1
  }

  private takeDoubleQuoted(): void {
    this.at += 1
    while (this.at < this.text.length && this.text[this.at] !== '"') {
      const char = this.text[this.at] ?? ''
      if (char === '\\' && '$`"\\\n'.includes(this.text[this.at + 1] ?? ' ')) this.takeEscaped()
      else if (char === '`' || this.text.startsWith('$(', this.at)) this.takeSubstitution()
      else {
        this.word += char
        this.at += 1
      }
    }
    this.isCutShort ||= this.at >= this.text.length
    this.at += 1
  }

  private takeEscaped(): void {
    const escaped = this.text[this.at + 1] ?? ''
    if (escaped !== '\n') this.word += escaped
    this.at += 2
    this.isCutShort ||= this.at >= this.text.length && (escaped === '\n' || escaped === '')
  }

  private takeSubstitution(): void {
    const start = this.at
    const isBackquoted = this.text[start] === '`'
    const inner = start + (isBackquoted ? 1 : 2)
    const end = isBackquoted ? endOfBackquoted(this.text, inner) : endOfParentheses(this.text, inner)
    this.isCutShort ||= end >= this.text.length
    this.substitutions.push({ text: this.text.slice(inner, end), offset: this.offset + inner })
    this.at = Math.min(end + 1, this.text.length)
    this.word += this.text.slice(start, this.at)
  }
}

function endOfBackquoted(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '`') return at
  }
  return text.length
}

function endOfParentheses(text: string, from: number): number {
  let depth = 1
  let quote = ''
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '\\' && quote !== "'") at += 1
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    if (depth === 0) return at
  }
  return text.length
}
