import { jsonSecrets } from './json-secrets.ts'
import { namedSecrets } from './named-secrets.ts'
import { pairs } from './query-secrets.ts'
import { isSecretKey } from './secret-names.ts'
import { merged, type Span, urlAndKeySecrets } from './secret-ranges.ts'

/** Words of paths and headers are names of things: only long ones may be tokens. */
const LONG_TOKEN = 20
const TOKEN = 12
const WORD = /[A-Za-z0-9+/_~.-]{12,8192}={0,2}/g
const IS_FORM = /^[\w%.+*-]{1,256}=[^\s]*$/
/** Headers whose values look like tokens, and open nothing: nonces, ids, versions of what was sent. */
const RANDOM =
  /^(?:sec-websocket-(?:key|accept)|etag|if-(?:none-)?match|traceparent|tracestate|digest|content-md5|(?:x-)?(?:request|correlation|trace|audit)-id)$/i
const MIXED = [/[a-z]/, /[A-Z]/, /\d.*\d/]

// The scan of capture takes every word with letters and digits for what may be a credential. In paths and JSON that is every name
// of a pod: here it takes small and capital letters and digits, or a name that says it.

/** Where secrets stand in a path with its query, or in a whole URL. */
export function addressSecrets(text: string): Span[] {
  return merged([...namedSecrets(text), ...urlAndKeySecrets(text), ...pairs(text), ...tokens(text.replaceAll(/[/?&=]/g, ' '), LONG_TOKEN)])
}

/** Where secrets stand in the value of a header or of a parameter. */
export function pairSecrets(name: string, value: string): Span[] {
  if (isSecretKey(name)) return [[0, value.length]]
  const random = RANDOM.test(name) ? [] : tokens(value, LONG_TOKEN)
  return merged([...namedSecrets(value), ...urlAndKeySecrets(value), ...pairs(value), ...random])
}

/** Where secrets stand in a textual body, a message, or what a tool was told and answered. */
export function bodySecrets(text: string): Span[] {
  const start = text.trimStart()
  const json = start.startsWith('{') || start.startsWith('[') ? jsonSecrets(text) : []
  const form = IS_FORM.test(text) ? pairs(text) : []
  return merged([...json, ...form, ...namedSecrets(text), ...urlAndKeySecrets(text), ...tokens(text, TOKEN)])
}

function* tokens(text: string, atLeast: number): Generator<Span> {
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (word.length >= atLeast && MIXED.every((kind) => kind.test(word)) && !isAPath(text, word, index)) yield [index, index + word.length]
  }
}

// What holds slashes is an address or an image's name more often than base64.
function isAPath(text: string, word: string, index: number): boolean {
  return text.charAt(index - 1) === ':' || (word.split('/').length > 2 && word.length < 40)
}
