import { type FoundValue, SCAN_LIMIT, scanCell, scanText } from '@hoptrace/events'
import { jsonSecrets } from './json-secrets.ts'
import { namedSecrets } from './named-secrets.ts'
import { encodedPairs } from './query-secrets.ts'
import { writtenSecrets } from './written-secrets.ts'

/** `[start, end)` in UTF-16 units. */
export type Span = [start: number, end: number]

const OVERLAP = 2048
const BREAK = /[\s'"`,;|<>(){}[\]\\\x00-\x20\x7f]/
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g
const URL_PASSWORD = /:\/\/[^\s/@:]{0,256}:([^\s/]{1,512})@/g
const PLAIN_NAME = /^[a-z_][a-z0-9_.-]{0,31}$/i
// What is mixed and is a moment, a path to a file, a word with its mark, or the way to a thing: `db-2.internal/v1/orders`, `pods/web-7c9d`.
// Keys and tokens that hold a slash mix small letters with capital ones.
const NO_SECRET = [
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$/,
  /^(?:~|\.{1,2})?\/(?:[\w.+-]{1,40}\/?)*$/,
  /^[A-Za-z]{1,40}[:.,;!?]$/,
  /^[a-z0-9][a-z0-9.-]{0,253}(?::\d{1,5})?(?:\/[a-z0-9._-]{1,63}){1,32}\/?$/,
]

/**
 * Where secrets stand in text, in order and apart. What capture digests as a credential or a private key is found by the same
 * scan; names of hosts, moments and paths to files are not counted among them. What is called a password or a token is one,
 * however plain its value. As over-inclusive as that scan.
 * @param isCell the text is one value: all of it may be a credential
 */
export function secretSpans(text: string, isCell = false): Span[] {
  const spans: Span[] = []
  for (let from = 0; from < text.length || from === 0; from += SCAN_LIMIT - OVERLAP) {
    const piece = text.slice(from, from + SCAN_LIMIT)
    const found = [...(isCell && from === 0 ? scanCell(piece) : scanText(piece))]
    for (const value of found) {
      if (value.kind !== 'credential' || isHarmless(value, piece, found)) continue
      const [start, end] = spanOf(value, piece)
      // Of an address only its password, which is looked for by itself.
      if (piece.slice(start, end).search(URL_PASSWORD) >= 0) continue
      spans.push([from + start, from + end])
    }
  }
  const found = [...namedSecrets(text), ...writtenSecrets(text).spans, ...encodedPairs(text), ...jsonWithin(text)]
  return merged([...spans, ...urlAndKeySecrets(text), ...found])
}

// After other words too: a tool's name, a method.
function jsonWithin(text: string): Span[] {
  const start = text.search(/[{[]\s{0,8}["{[]/)
  return start < 0 ? [] : jsonSecrets(text.slice(start)).map(([from, to]): Span => [start + from, start + to])
}

/** Passwords in URLs, and private keys. */
export function urlAndKeySecrets(text: string): Span[] {
  return [...privateKeys(text), ...captured(text, URL_PASSWORD)]
}

/** From an offset to where the word ends: of a value whose length is not on record. */
export function wordAt(text: string, offset: number): Span {
  let end = offset
  while (end < text.length && !BREAK.test(text.charAt(end))) end += 1
  return [offset, end]
}

export function merged(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else if (end > start) joined.push([start, end])
  }
  return joined
}

/** The text with each span hidden. As long as it was, so that offsets into it still hold. */
export function hidden(text: string, spans: readonly Span[], mark: string): string {
  let shown = ''
  let at = 0
  for (const [start, end] of spans) {
    shown += text.slice(at, start) + mark.repeat(end - start)
    at = end
  }
  return shown + text.slice(at)
}

function spanOf({ canonical, offset }: FoundValue, text: string): Span {
  if (text.startsWith(canonical, offset)) return [offset, offset + canonical.length]
  const [start, end] = wordAt(text, offset)
  // What an address holds is told at its beginning.
  const at = text.slice(start, end).indexOf(canonical)
  return at < 0 ? [start, end] : [start + at, start + at + canonical.length]
}

function isHarmless(value: FoundValue, text: string, found: readonly FoundValue[]): boolean {
  if (value.isNamedSecret) return false
  const [start, end] = spanOf(value, text)
  const word = text.slice(start, end)
  if (NO_SECRET.some((form) => form.test(word))) return true
  const endpoint = found.find(({ kind, offset }) => (kind === 'host' || kind === 'address') && offset >= start && offset < end)
  if (!endpoint) return false
  const before = text.slice(start, endpoint.offset)
  return before === '' || (before.endsWith('@') && PLAIN_NAME.test(before.slice(0, -1)))
}

function* privateKeys(text: string): Generator<Span> {
  for (const match of text.matchAll(PRIVATE_KEY)) {
    const end = text.indexOf('-----END', match.index)
    // A key whose end is not here: all that follows may be of it.
    yield [match.index + match[0].length, end < 0 ? text.length : end]
  }
}

function* captured(text: string, form: RegExp): Generator<Span> {
  for (const match of text.matchAll(form)) {
    const secret = match[1]
    if (secret === undefined) continue
    const start = match.index + match[0].indexOf(secret, match[0].length - secret.length - 1)
    yield [start, start + secret.length]
  }
}
