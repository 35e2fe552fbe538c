/**
 * What JSON text holds, in its order. Offsets count UTF-16 units of the text.
 * - `open`, `close`: an object or array, and the key that it stands under
 * - `string`: a value
 * - `name`: a key
 * - `rest`: what stands between: numbers, literals, and whatever is no JSON
 */
export type JsonToken =
  | { kind: 'open'; key: string | null }
  | { kind: 'close' }
  | JsonText
  | { kind: 'rest'; value: string; offset: number }

/** A key or a value, decoded. Most texts hold little else, and most of those nothing of interest: each is one object, and no more. */
export class JsonText {
  /** @param isWhole false where the text was cut inside it */
  constructor(
    readonly kind: 'string' | 'name',
    readonly key: string | null,
    readonly value: string,
    readonly isWhole: boolean,
    private readonly start: number,
    private readonly places: Uint32Array | null,
  ) {}

  /** Where its nth unit stands in the text. */
  at(unit: number): number {
    return this.start + (this.places === null ? unit : (this.places[unit] ?? this.places.length - 1))
  }
}

const CLOSE: JsonToken = { kind: 'close' }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c

/** Does this look like JSON? Its first mark says so, whatever follows. */
export function looksLikeJson(text: string): boolean {
  return /^[\ufeff\s]{0,64}[{["]/.test(text)
}

/** Reads JSON text that may be cut, or broken, anywhere: never throws, loses nothing, and looks at every character at most three times. */
export function* readJson(text: string): Generator<JsonToken> {
  let key: string | null = null
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const start = at + 1
      const quote = endOfString(text, start)
      const isWhole = quote < text.length
      const raw = text.slice(start, quote)
      at = Math.min(quote + 1, text.length)
      const isName = isWhole && nextMark(text, at) === COLON
      const { value, places } = raw.includes('\\') ? unescaped(raw) : { value: raw, places: null }
      yield new JsonText(isName ? 'name' : 'string', isName ? null : key, value, isWhole, start, places)
      key = isName ? value : null
      continue
    }
    const end = isMark(code) ? at + 1 : endOfRest(text, at)
    if (isOpen(code)) yield { kind: 'open', key }
    else if (isClose(code)) yield CLOSE
    else if (end - at > 3) yield { kind: 'rest', value: text.slice(at, end), offset: at }
    // A colon and the white space around it keep the key; a value and what ends one do not.
    if (isMark(code) || holdsValue(text, at, end)) key = null
    at = end
  }
}

function isMark(code: number): boolean {
  return code === COMMA || isOpen(code) || isClose(code)
}

function isOpen(code: number): boolean {
  return code === 0x7b || code === 0x5b
}

function isClose(code: number): boolean {
  return code === 0x7d || code === 0x5d
}

// White space beyond ASCII is left to the regular expression, which takes longer.
function holdsValue(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x20 && code !== COLON) return /[^\s:]/.test(text.slice(at, end))
  }
  return false
}

function endOfRest(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) !== QUOTE && !isMark(text.charCodeAt(at))) at += 1
  return at
}

function nextMark(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  return text.charCodeAt(at)
}

// An escaped quote ends nothing.
function endOfString(text: string, start: number): number {
  let end = start
  while (end < text.length && text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1
  return Math.min(end, text.length)
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

// RFC 8259, 7. An escape that is none stands for the character behind the backslash.
function unescaped(raw: string): { value: string; places: Uint32Array } {
  const units: string[] = []
  const places = new Uint32Array(raw.length + 1)
  let at = 0
  while (at < raw.length) {
    places[units.length] = at
    const hex = raw.startsWith('\\u', at) ? /^[0-9a-f]{4}$/i.exec(raw.slice(at + 2, at + 6)) : null
    const mark = raw.charAt(at + 1)
    if (raw.charCodeAt(at) !== BACKSLASH) units.push(raw.charAt(at))
    else units.push(hex ? String.fromCharCode(Number.parseInt(hex[0], 16)) : (ESCAPES[mark] ?? mark))
    at += raw.charCodeAt(at) === BACKSLASH ? (hex ? 6 : 2) : 1
  }
  // A cut escape adds no unit, but stands for one.
  places[units.length] = raw.length
  return { value: units.join(''), places }
}
