/** A run of characters that could be a value of interest. `offset` counts UTF-16 units. */
export type Word = { word: string; offset: number }

const LOWER = 1
const UPPER = 2
const DIGIT = 4
const MARK = 8
// Marks that hosts, addresses, URLs, ARNs and assignments cannot do without.
const TELLING = 16
const BREAK = 128

const MIN_LENGTH = 4
const MAX_LENGTH = 1024
const MIN_CREDENTIAL = 8

// Words end at white space and at the marks that surround values in SQL, shell, JSON, YAML and CSV.
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (code <= 32 || code === 127 || '\'"`,;|<>(){}[]\\'.includes(char)) return BREAK
  if (/[a-z]/.test(char)) return LOWER
  if (/[A-Z]/.test(char)) return UPPER
  if (/[0-9]/.test(char)) return DIGIT
  return '.:=@/'.includes(char) ? MARK | TELLING : MARK
})

/**
 * Words that are worth a closer look: one pass over the text, no regular expression. Most words of statements and
 * prose are neither mixed enough for a credential nor marked like an endpoint, and end here.
 */
export function* interestingWords(text: string): Generator<Word> {
  let start = 0
  let seen = 0
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32
    const kind = code < 128 ? (classes[code] ?? MARK) : MARK
    if (kind !== BREAK && at - start < MAX_LENGTH) {
      seen |= kind
      continue
    }
    if (isInteresting(at - start, seen)) yield { word: text.slice(start, at), offset: start }
    start = kind === BREAK ? at + 1 : at
    seen = kind === BREAK ? 0 : kind
  }
}

/** Below this, no secret is known by its form, and no key fits. */
const MAX_PLAIN = 20

/**
 * Is this so short and simple that no value can stand in it? Most names and strings of JSON are: telling that apart takes a
 * tenth of the time of a closer look.
 */
export function isPlain(text: string): boolean {
  if (text.length >= MAX_PLAIN) return false
  if (text.length < MIN_LENGTH) return true
  let seen = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = code < 128 ? (classes[code] ?? MARK) : MARK
    seen |= kind === BREAK ? MARK : kind
  }
  if ((seen & TELLING) !== 0) return false
  return text.length < MIN_CREDENTIAL || !isMixed(seen)
}

function isInteresting(length: number, seen: number): boolean {
  if (length < MIN_LENGTH) return false
  if ((seen & TELLING) !== 0) return true
  return length >= MIN_CREDENTIAL && isMixed(seen)
}

/** Letters with digits, or three kinds of characters: what prose is not and passwords are. */
function isMixed(seen: number): boolean {
  const kinds = (seen & LOWER) + ((seen & UPPER) >> 1) + ((seen & DIGIT) >> 2) + ((seen & MARK) >> 3)
  return kinds >= 3 || ((seen & DIGIT) !== 0 && (seen & (LOWER | UPPER)) !== 0)
}

/** Could this word be a credential? Long enough and mixed; and no path of plain words, `deploy/README`. */
export function mayBeCredential(word: string): boolean {
  if (word.length < MIN_CREDENTIAL || word.length > MAX_LENGTH) return false
  let seen = 0
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    seen |= code < 128 ? (classes[code] ?? MARK) & ~BREAK || MARK : MARK
  }
  return isMixed(seen) && ((seen & DIGIT) !== 0 || !word.includes('/'))
}
