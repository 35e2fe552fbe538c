import { RuleError } from '../rule-error.ts'

/** What a condition asks of the searches that it names. */
export type Condition =
  | { kind: 'search'; name: string }
  | { kind: 'not'; of: Condition }
  | { kind: 'and' | 'or'; of: Condition[] }
  /** At least `least` of these searches; null for all. */
  | { kind: 'some'; least: number | null; names: string[] }

type Token = { text: string; at: number }

const MAX_LENGTH = 4096
const MAX_DEPTH = 64

/**
 * Parses `selection and not 1 of filter_*` (Sigma rules specification 2.1, "Condition").
 * @param searches names that stand in the detection
 * @throws RuleError with the offset of what is wrong
 */
export function parseCondition(text: string, searches: readonly string[]): Condition {
  if (text.length > MAX_LENGTH) throw new RuleError(`a condition has at most ${MAX_LENGTH} characters`)
  const parser = new ConditionParser(tokensOf(text), text.length, searches)
  return parser.whole()
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[()|]|[^\s()|]+/g)].map((match) => ({ text: match[0], at: match.index }))
}

class ConditionParser {
  private at = 0
  private depth = 0

  constructor(
    private readonly tokens: readonly Token[],
    private readonly length: number,
    private readonly searches: readonly string[],
  ) {}

  whole(): Condition {
    const condition = this.or()
    if (this.peek() === '|') throw this.fault('aggregations behind a bar are obsolete: write a correlation')
    if (this.peek() !== null) throw this.fault(`"${this.peek()}" is not expected here`)
    return condition
  }

  private or(): Condition {
    return this.joined('or', () => this.joined('and', () => this.not()))
  }

  private joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part()
    const of = [first]
    while (this.takes(kind)) of.push(part())
    return of.length === 1 ? first : { kind, of }
  }

  private not(): Condition {
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw this.fault('is nested too deep')
    const condition: Condition = this.takes('not') ? { kind: 'not', of: this.not() } : this.primary()
    this.depth -= 1
    return condition
  }

  private primary(): Condition {
    const token = this.tokens[this.at]
    if (!token) throw this.fault('a search is expected')
    if (this.takes('(')) {
      const inner = this.or()
      if (!this.takes(')')) throw this.fault('")" is expected')
      return inner
    }
    const next = this.tokens[this.at + 1]?.text.toLowerCase()
    if (next === 'of') return this.quantified(token)
    if (!this.searches.includes(token.text)) throw this.fault(`there is no search "${token.text}"`)
    this.at += 1
    return { kind: 'search', name: token.text }
  }

  private quantified({ text }: Token): Condition {
    const quantity = text.toLowerCase()
    const least = quantity === 'all' ? null : quantity === 'any' ? 1 : /^\d{1,3}$/.test(quantity) ? Number(quantity) : Number.NaN
    if (Number.isNaN(least) || least === 0) throw this.fault('a number, "any" or "all" is expected before "of"')
    this.at += 2
    const pattern = this.tokens[this.at]
    if (!pattern || pattern.text === ')') throw this.fault('"them" or a pattern of searches is expected')
    const names = this.namesOf(pattern.text)
    if (names.length === 0) throw this.fault(`no search is called "${pattern.text}"`)
    this.at += 1
    return { kind: 'some', least, names }
  }

  // Names that begin with an underscore are not among "them".
  private namesOf(pattern: string): string[] {
    if (pattern.toLowerCase() === 'them') return this.searches.filter((name) => !name.startsWith('_'))
    const parts = pattern.split('*')
    const [head = '', ...rest] = parts
    if (rest.length === 0) return this.searches.filter((name) => name === pattern)
    const tail = rest.pop() ?? ''
    return this.searches.filter((name) => {
      let from = head.length
      if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false
      for (const part of rest) {
        const at = name.indexOf(part, from)
        if (at < 0) return false
        from = at + part.length
      }
      return from <= name.length - tail.length
    })
  }

  private takes(word: string): boolean {
    if (this.peek()?.toLowerCase() !== word) return false
    this.at += 1
    return true
  }

  private peek(): string | null {
    return this.tokens[this.at]?.text ?? null
  }

  private fault(message: string): RuleError {
    return new RuleError(message, [], this.tokens[this.at]?.at ?? this.length)
  }
}
