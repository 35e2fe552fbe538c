import { canonicalAddress, canonicalHost, canonicalUrl, decodedBase64, passwordOfUrl } from './canonical-value.ts'
import { keyFingerprint } from './key-fingerprint.ts'
import type { ObservableKind } from './observable.ts'
import { interestingWords, mayBeCredential } from './words.ts'

/** A value found in text, in canonical form. `offset` counts UTF-16 units from the text's start. */
export type FoundValue = { kind: ObservableKind; canonical: string; offset: number; isNamedSecret?: boolean }

/** Values are taken from the first 256 KiB of a text. */
export const SCAN_LIMIT = 256 * 1024

const PEM = /-----BEGIN [A-Z0-9 ]{3,40}-----[A-Za-z0-9+/=\s]{40,16384}-----END [A-Z0-9 ]{3,40}-----/g
const NAMED = /^(?:[A-Za-z0-9_.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|api_?key))[=:](.+)$/i
const IPV4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/
const SCHEME = /[a-z0-9+.-]/i
const LETTER = /[a-z]/i
const ARN = /^arn:[a-z0-9-]+:[a-z0-9-]+:/

/**
 * Finds hosts, addresses, URLs, ARNs, keys and what may be a credential in recorded text.
 * Over-inclusive on purpose: a digest that is never presented links nothing. Linear in the text's length.
 */
export function* scanText(text: string): Generator<FoundValue> {
  const scanned = text.length > SCAN_LIMIT ? text.slice(0, SCAN_LIMIT) : text
  if (scanned.includes('-----BEGIN ')) yield* scanKeys(scanned)
  for (const { word, offset } of interestingWords(scanned)) yield* scanWord(word, offset)
}

function* scanKeys(text: string): Generator<FoundValue> {
  for (const match of text.matchAll(PEM)) {
    const canonical = keyFingerprint(match[0])
    if (canonical) yield { kind: 'key', canonical, offset: match.index }
  }
}

/** One value standing alone, such as a cell of an answer: the whole is a candidate, and so is each word in it. */
export function* scanCell(cell: string): Generator<FoundValue> {
  const isOneValue = cell.length <= 1024 && !/\s/.test(cell.trim()) && /['"`,;|<>(){}[\]\\]/.test(cell)
  if (isOneValue && mayBeCredential(cell.trim())) yield { kind: 'credential', canonical: cell.trim(), offset: 0 }
  yield* scanText(cell)
}

function* scanWord(word: string, offset: number): Generator<FoundValue> {
  const named = NAMED.exec(word)
  if (named?.[1]) {
    yield { kind: 'credential', canonical: named[1], offset: offset + word.length - named[1].length, isNamedSecret: true }
    return
  }
  if (word.includes('://')) return yield* scanUrl(word, offset)
  if (ARN.test(word)) return yield { kind: 'arn', canonical: word, offset }
  yield* scanAssigned(word, offset)
}

// `host=bastion.internal:22` holds a host after its mark; `user@host` and `host:port` hold one too.
function* scanAssigned(word: string, offset: number): Generator<FoundValue> {
  const assigned = word.indexOf('=')
  // A mark with nothing but marks behind it is base64's padding.
  const value = assigned > 0 && /[^=]/.test(word.slice(assigned)) ? word.slice(assigned + 1) : word
  const start = offset + word.length - value.length
  yield* scanEndpoint(value, start)
  if (mayBeCredential(value)) yield { kind: 'credential', canonical: value, offset: start }
  const decoded = value.length <= 1024 ? decodedBase64(value) : null
  if (decoded && mayBeCredential(decoded.trim())) yield { kind: 'credential', canonical: decoded.trim(), offset: start }
}

function* scanEndpoint(word: string, offset: number): Generator<FoundValue> {
  const at = word.lastIndexOf('@')
  const endpoint = withoutFinalMarks(word.slice(at + 1))
  const start = offset + at + 1
  const ipv4 = IPV4.exec(endpoint)
  if (ipv4?.[1]) {
    const canonical = canonicalAddress(ipv4[1])
    if (canonical) yield { kind: 'address', canonical, offset: start }
    return
  }
  const ipv6 = endpoint.includes(':') ? canonicalAddress(endpoint) : null
  if (ipv6) return yield { kind: 'address', canonical: ipv6, offset: start }
  const host = hostOf(endpoint)
  if (host) yield { kind: 'host', canonical: host, offset: start }
}

// A sentence's marks behind a name. No regular expression: on a word of dots alone its tries would grow with the square.
function withoutFinalMarks(word: string): string {
  let end = word.length
  while (end > 0 && '.:!?'.includes(word.charAt(end - 1))) end -= 1
  return word.slice(0, end)
}

// A dotted name whose last label has a letter; a bare word is no host, or every word would be one.
function hostOf(endpoint: string): string | null {
  const name = endpoint.replace(/:\d{1,5}$/, '')
  if (!name.includes('.') || name.length > 253) return null
  if (!/\.[a-z][a-z0-9-]*\.?$/i.test(name)) return null
  return canonicalHost(name)
}

function* scanUrl(word: string, offset: number): Generator<FoundValue> {
  const start = startOfScheme(word)
  const text = start < 0 ? word : word.slice(start)
  const url = canonicalUrl(text)
  if (!url) return
  yield { kind: 'url', canonical: url, offset: offset + Math.max(start, 0) }
  const { hostname } = new URL(url)
  const address = canonicalAddress(hostname)
  const host = address ? null : canonicalHost(hostname)
  const at = offset + word.indexOf(hostname)
  if (address) yield { kind: 'address', canonical: address, offset: at }
  if (host) yield { kind: 'host', canonical: host, offset: at }
  const password = passwordOfUrl(text)
  if (password) yield { kind: 'credential', canonical: password, offset, isNamedSecret: true }
}

// The first `scheme://` (RFC 3986, 3.1), looked for backwards from each `://`: every character is looked at once.
function startOfScheme(word: string): number {
  let from = 0
  for (let colon = word.indexOf('://'); colon >= 0; colon = word.indexOf('://', from)) {
    let start = -1
    for (let at = colon - 1; at >= from && SCHEME.test(word.charAt(at)); at -= 1) if (LETTER.test(word.charAt(at))) start = at
    if (start >= 0) return start
    from = colon + 3
  }
  return -1
}
