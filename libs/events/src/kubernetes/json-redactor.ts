/** What was found where a secret stood. */
export type Withheld = {
  /** JSON pointer (RFC 6901); of what cannot be read on, that of the whole. */
  pointer: string
  /** The value as text; null of what is no string. */
  value: string | null
}

/** Stands where a secret stood. */
export const NOTE = '(never recorded)'

/** Is the value of a member of this name a secret, with all that stands in it? `depth`: of the object, 0 for the whole. */
export type IsSecret = (name: string, depth: number) => boolean

const MAX_DEPTH = 64
const SPACE = /[\t\n\r ]/
const LITERAL = /[A-Za-z0-9+\-.]/

/**
 * Replaces every value in a secret member by a note, in one pass over the text: in JSON that is cut, too, and in several
 * documents one after another. What it cannot read as JSON is withheld from there to the end. Linear.
 */
export class JsonRedactor {
  readonly withheld: Withheld[] = []
  private readonly parts: string[] = []
  private at = 0
  private copied = 0

  constructor(
    private readonly text: string,
    private readonly isSecret: IsSecret,
  ) {}

  redact(): string {
    while (!this.isAtEnd()) if (!'{['.includes(this.text.charAt(this.at)) || !this.value([], false)) return this.cutHere()
    this.parts.push(this.text.slice(this.copied))
    return this.parts.join('')
  }

  /** @returns false where the text cannot be read on */
  private value(path: readonly string[], isSecret: boolean): boolean {
    if (this.isAtEnd()) return true
    const first = this.text[this.at]
    if (first === '{' || first === '[') return path.length < MAX_DEPTH && this.members(path, isSecret, first === '{')
    const start = this.at
    if (first === '"') this.string()
    else while (this.at < this.text.length && LITERAL.test(this.text.charAt(this.at))) this.at += 1
    if (isSecret && this.at > start) this.withhold(path, start)
    return this.at > start
  }

  /** Of an object or an array. */
  private members(path: readonly string[], isSecret: boolean, isObject: boolean): boolean {
    const close = isObject ? '}' : ']'
    this.at += 1
    for (let index = 0; ; index++) {
      if (this.isAtEnd() || this.take(close)) return true
      const name = isObject ? this.name() : `${index}`
      if (name === null) return this.isAtEnd()
      if (!this.value([...path, name], isSecret || (isObject && this.isSecret(name, path.length)))) return false
      if (this.isAtEnd()) return true
      if (!this.take(',') && this.text[this.at] !== close) return false
    }
  }

  /** Reads over a member's name and its colon. Null where they cannot be read, or are cut. */
  private name(): string | null {
    if (this.text[this.at] !== '"') return null
    const name = this.string()
    return name !== null && !this.isAtEnd() && this.take(':') ? name : null
  }

  /** Reads over a string. @returns what it says; null where it is cut or malformed */
  private string(): string | null {
    const start = this.at
    for (this.at += 1; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code === 0x5c) this.at += 1
      else if (code === 0x22) {
        this.at += 1
        return unquoted(this.text.slice(start, this.at))
      }
    }
    this.at = this.text.length
    return null
  }

  private withhold(path: readonly string[], start: number): void {
    const raw = this.text.slice(start, this.at)
    const value = raw.startsWith('"') ? (unquoted(raw) ?? unquoted(`${raw}"`) ?? raw.slice(1)) : null
    this.withheld.push({ pointer: pointerOf(path), value })
    this.parts.push(this.text.slice(this.copied, start), `"${NOTE}"`)
    this.copied = this.at
  }

  // Nothing that follows can be told apart: it goes whole.
  private cutHere(): string {
    this.withheld.push({ pointer: '', value: null })
    return [...this.parts, this.text.slice(this.copied, Math.max(this.copied, this.at)), NOTE].join('')
  }

  private take(mark: string): boolean {
    if (this.text[this.at] !== mark) return false
    this.at += 1
    return true
  }

  private isAtEnd(): boolean {
    while (this.at < this.text.length && SPACE.test(this.text.charAt(this.at))) this.at += 1
    return this.at >= this.text.length
  }
}

function unquoted(raw: string): string | null {
  try {
    return String(JSON.parse(raw))
  } catch {
    return null
  }
}

function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
