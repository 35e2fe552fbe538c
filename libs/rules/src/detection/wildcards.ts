/** Sigma's `*` and `?`, as compiled: what lies between stars. A null stands for any one character. */
type Segment = (string | null)[]

/** Turns what is compared into the form in which it is compared. */
export type Fold = (text: string) => string

/** A text with wildcards in its parts: literal characters, `*` and `?`. */
export type Pattern = ('*' | '?' | { literal: string })[]

/** Reads Sigma's escapes: `\*`, `\?`, and `\\` before a wildcard or another backslash (Sigma rules specification 2.1, "Escaping"). */
export function parsePattern(text: string): Pattern {
  const parts: Pattern = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push({ literal })
    literal = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      at += 1
    } else if (char === '*' || char === '?') {
      flush()
      parts.push(char)
    } else literal += char
  }
  flush()
  return parts
}

/** A pattern that matches nothing but this text. */
export function literally(text: string): Pattern {
  return text === '' ? [] : [{ literal: text }]
}

/** The text of a pattern without wildcards; null for others. */
export function plainText(pattern: Pattern): string | null {
  let text = ''
  for (const part of pattern) {
    if (typeof part === 'string') return null
    text += part.literal
  }
  return text
}

/**
 * Compiles a pattern to a test of whole texts. Between stars the leftmost place is right, so that nothing is tried twice:
 * the time is bounded by the text's length times the pattern's.
 */
export function compilePattern(pattern: Pattern, fold: Fold): (text: string) => boolean {
  const segments = segmentsOf(pattern, fold)
  const [first = []] = segments
  const whole = plainOf(first)
  if (segments.length === 1 && whole !== null) return (text) => fold(text) === whole
  return (text) => matches(fold(text), segments)
}

function segmentsOf(pattern: Pattern, fold: Fold): Segment[] {
  const segments: Segment[] = [[]]
  for (const part of pattern) {
    if (part === '*') segments.push([])
    else segments.at(-1)?.push(...(part === '?' ? [null] : fold(part.literal)))
  }
  return segments
}

function plainOf(segment: Segment): string | null {
  return segment.every((char) => char !== null) ? segment.join('') : null
}

function matches(text: string, segments: readonly Segment[]): boolean {
  const [first = [], ...others] = segments
  const last = others.pop()
  if (last === undefined) return text.length === lengthOf(first) && standsAt(text, first, 0)
  if (!standsAt(text, first, 0)) return false
  let from = lengthOf(first)
  for (const segment of others) {
    const at = find(text, segment, from)
    if (at < 0) return false
    from = at + lengthOf(segment)
  }
  const end = text.length - lengthOf(last)
  return end >= from && standsAt(text, last, end)
}

function find(text: string, segment: Segment, from: number): number {
  const plain = plainOf(segment)
  if (plain !== null) return text.indexOf(plain, from)
  const end = text.length - lengthOf(segment)
  for (let at = from; at <= end; at += 1) if (standsAt(text, segment, at)) return at
  return -1
}

function standsAt(text: string, segment: Segment, at: number): boolean {
  let place = at
  for (const char of segment) {
    if (place >= text.length || (char !== null && !text.startsWith(char, place))) return false
    place += char?.length ?? 1
  }
  return true
}

function lengthOf(segment: Segment): number {
  return segment.reduce((sum, char) => sum + (char?.length ?? 1), 0)
}
