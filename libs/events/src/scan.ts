import { canonicalAddress, canonicalHost, decodedBase64, passwordOfUrl, urlForms } from './canonical-value.ts'
import { keyFingerprint } from './key-fingerprint.ts'
import { knownSecrets } from './known-secrets.ts'
import { podsInWord } from './kubernetes/names.ts'
import type { ObservableKind } from './observable.ts'
import { scanPairs } from './scan-pairs.ts'
import { secretAssigned } from './secret-names.ts'
import { traceIdOf } from './trace-context.ts'
import { interestingWords, mayBeCredential } from './words.ts'

/** A value found in text, in canonical form. `offset` counts UTF-16 units from the text's start. */
export type FoundValue = { kind: ObservableKind; canonical: string; offset: number; isNamedSecret?: boolean }

/** Values are taken from the first 256 KiB of a text. */
export const SCAN_LIMIT = 256 * 1024

// A key in JSON has its line ends spelled out.
const PEM = /-----BEGIN [A-Z0-9 ]{3,40}-----(?:[A-Za-z0-9+/=\s]|\\[nr]){40,16384}-----END [A-Z0-9 ]{3,40}-----/g
// Before a credential: the header, or the scheme in it, that it is the value of.
const IN_HEADER = /(?:\b(?:bearer|basic)|[a-z-]*(?:api-?key|token|authorization):)\s+$/i
const IPV4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/
const SCHEME = /[a-z0-9+.-]/i
const LETTER = /[a-z]/i
const MIN_ENCODED = 64
const MIN_ENCODED_WORD = 16
const MAX_WORD = 1024
const MAX_ENCODED = 64 * 1024
const USER = /^[\w.@+-]{1,128}:/
const MIN_PASSWORD = 4
const ARN = /^arn:[a-z0-9-]+:[a-z0-9-]+:/

/**
 * Finds hosts, addresses, URLs, ARNs, keys, trace ids and what may be a credential in recorded text.
 * Over-inclusive on purpose: a digest that is never presented links nothing. Linear in the text's length.
 */
export function* scanText(text: string): Generator<FoundValue> {
  const scanned = text.length > SCAN_LIMIT ? text.slice(0, SCAN_LIMIT) : text
  if (scanned.includes('-----BEGIN ')) yield* scanKeys(scanned)
  for (const { secret, offset } of knownSecrets(scanned)) {
    yield { kind: 'credential', canonical: secret, offset, isNamedSecret: isInHeader(scanned, offset) }
  }
  for (const { word, offset } of interestingWords(scanned)) yield* scanWord(word, offset, scanned)
}

function* scanKeys(text: string): Generator<FoundValue> {
  for (const match of text.matchAll(PEM)) {
    const canonical = keyFingerprint(match[0].replaceAll(/\\[nr]/g, '\n'))
    if (canonical) yield { kind: 'key', canonical, offset: match.index }
  }
}

/** One value standing alone, such as a cell of an answer: the whole is a candidate, and so is each word in it. */
export function* scanCell(cell: string): Generator<FoundValue> {
  const isOneValue = cell.length <= 1024 && !/\s/.test(cell.trim()) && /['"`,;|<>(){}[\]\\]/.test(cell)
  if (isOneValue && mayBeCredential(cell.trim())) yield { kind: 'credential', canonical: cell.trim(), offset: 0 }
  yield* scanText(cell)
  yield* scanEncoded(cell)
}

// A file in base64 (a kubeconfig, a key) where it stands alone. Its values have no place of their own in the text.
function* scanEncoded(cell: string): Generator<FoundValue> {
  if (cell.length < MIN_ENCODED || cell.length > MAX_ENCODED) return
  const decoded = decodedBase64(cell.trim())
  if (decoded) for (const found of scanText(decoded)) yield { ...found, offset: 0 }
}

function* scanWord(word: string, offset: number, text: string): Generator<FoundValue> {
  const value = secretAssigned(word)
  if (value > 0) return yield { kind: 'credential', canonical: word.slice(value), offset: offset + value, isNamedSecret: true }
  if (word.includes('://')) return yield* scanUrl(word, offset)
  if (ARN.test(word)) return yield { kind: 'arn', canonical: word, offset }
  const named = podsInWord(word)
  for (const canonical of named.pods) yield { kind: 'pod', canonical, offset: offset + named.offset }
  if (named.pods.length === 0) yield* scanAssigned(word, offset, text)
}

// Most words end before the expression is tried: a header's name ends in a colon, and the schemes in r and c.
function isInHeader(text: string, offset: number): boolean {
  if (offset < 6 || text.charCodeAt(offset - 1) > 0x20) return false
  const before = text.charAt(offset - 2)
  return ':rRcC \t'.includes(before) && IN_HEADER.test(text.slice(Math.max(0, offset - 48), offset))
}

// `host=bastion.internal:22` holds a host after its mark; `user@host` and `host:port` hold one too.
function* scanAssigned(word: string, offset: number, text: string): Generator<FoundValue> {
  const assigned = word.indexOf('=')
  // A mark with nothing but marks behind it is base64's padding.
  const value = assigned > 0 && /[^=]/.test(word.slice(assigned)) ? word.slice(assigned + 1) : word
  const start = offset + word.length - value.length
  const trace = traceIdOf(value)
  if (trace) return yield { kind: 'trace', canonical: trace, offset: start }
  yield* scanEndpoint(value, start)
  const isCredential = mayBeCredential(value)
  const isNamedSecret = isCredential && isInHeader(text, start)
  if (isCredential) yield { kind: 'credential', canonical: value, offset: start, isNamedSecret }
  yield* scanDecoded(value, start, isNamedSecret)
}

// What a word holds in base64: a credential as a whole, `user:password`, and what its text tells. Nearly every word ends where it is decoded.
function* scanDecoded(word: string, offset: number, isNamedSecret: boolean): Generator<FoundValue> {
  const decoded = word.length <= MAX_WORD ? (decodedBase64(word)?.trim() ?? '') : ''
  if (decoded === '') return
  if (mayBeCredential(decoded)) yield { kind: 'credential', canonical: decoded, offset }
  // `user:password`, as Basic authentication (RFC 7617) and container registries have it.
  const password = decoded.slice(decoded.indexOf(':') + 1)
  if (decoded.includes(':') && USER.test(decoded) && password.length >= MIN_PASSWORD) {
    yield { kind: 'credential', canonical: password, offset, isNamedSecret }
  }
  // Base64 within base64 is a quarter shorter each time: all of its levels together are no more than four times the word.
  if (word.length >= MIN_ENCODED_WORD) for (const found of scanText(decoded)) yield { ...found, offset }
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
  const forms = urlForms(text)
  const [url] = forms
  if (!url) return
  for (const canonical of forms) yield { kind: 'url', canonical, offset: offset + Math.max(start, 0) }
  const { hostname, pathname } = new URL(url)
  const address = canonicalAddress(hostname)
  const host = address ? null : canonicalHost(hostname)
  const at = offset + word.indexOf(hostname)
  if (address) yield { kind: 'address', canonical: address, offset: at }
  if (host) yield { kind: 'host', canonical: host, offset: at }
  const password = passwordOfUrl(text)
  if (password) yield { kind: 'credential', canonical: password, offset, isNamedSecret: true }
  for (const canonical of podsInWord(pathname).pods) yield { kind: 'pod', canonical, offset }
  const query = text.indexOf('?')
  if (query >= 0) for (const found of scanPairs(text.slice(query + 1))) if (found.isNamedSecret) yield { ...found, offset }
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
