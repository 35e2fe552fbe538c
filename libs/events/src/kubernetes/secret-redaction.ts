import { type IsSecret, JsonRedactor, NOTE, type Withheld } from './json-redactor.ts'
import type { RequestInfo } from './request-info.ts'
import { secretValues } from './secret-values.ts'

/** An event has room for so many pointers. */
const MAX_POINTERS = 512
const MAX_POINTER = 256
const MAX_SECRETS = 1024

/** The annotation in which kubectl keeps what it applied last: the whole object once more. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const SECRET_KIND = /kind\\*["']?\s*:\s*\\*["']?Secret(?:List)?\b/

/**
 * Values of a Secret, wherever in a list, a table, a watch or a patch it stands; and the message of a failure, in which
 * servers quote what they could not read.
 */
const inSecrets: IsSecret = (name, depth) => {
  const lower = name.toLowerCase()
  return ['data', 'stringdata', 'message'].includes(lower) || name === LAST_APPLIED || (lower === 'value' && depth === 1)
}

/** A token that was asked for (TokenRequest), or that someone presents for review (TokenReview). */
const inTokens: IsSecret = (name) => ['token', 'message'].includes(name.toLowerCase()) || name === LAST_APPLIED

/** Where secrets stand in the bodies of a request and of its answer; null where none is known to. */
export function secretsOf(info: RequestInfo): IsSecret | null {
  if (info.group === '' && info.resource === 'secrets') return inSecrets
  if (info.resource === 'serviceaccounts' && info.subresource === 'token') return inTokens
  return info.resource === 'tokenreviews' ? inTokens : null
}

/** A body without the values that are never recorded. */
export type RedactedBody = {
  text: string
  /** JSON pointers (RFC 6901) of what was taken out; empty for all that follows what could not be read. */
  withheld: string[]
  /** The forms in which the values may turn up elsewhere: for digests alone. */
  secrets: string[]
}

/**
 * What is secret in a body. A body that holds a Secret where the request does not say so is treated as one all the same.
 * @param isSecret as `secretsOf` the request says
 */
export function secretsIn(text: string, isSecret: IsSecret | null): IsSecret | null {
  return isSecret ?? (SECRET_KIND.test(text) ? inSecrets : null)
}

/**
 * JSON without its secret values. What cannot be read as JSON is withheld from there on.
 * @param text as far as it was sampled
 * @param more secrets that were found in it otherwise
 */
export function redactedJson(
  text: string,
  isSecret: IsSecret,
  more: (isUnreadable: boolean) => readonly string[] = () => [],
): RedactedBody {
  const redactor = new JsonRedactor(text, isSecret)
  const kept = redactor.redact()
  const isUnreadable = redactor.withheld.some(({ pointer }) => pointer === '')
  return redaction(kept, redactor.withheld, more(isUnreadable))
}

function redaction(text: string, withheld: readonly Withheld[], more: readonly string[]): RedactedBody {
  const values = [...withheld.flatMap(({ value }) => (value === null ? [] : valuesOf(value))), ...more.flatMap(secretValues)]
  const pointers = withheld.map(({ pointer }) => pointer).filter((pointer) => pointer.length <= MAX_POINTER)
  return { text, withheld: pointers.slice(0, MAX_POINTERS), secrets: [...new Set(values)].slice(0, MAX_SECRETS) }
}

// The annotation is an object in a string: of its values each is a secret, and not the whole.
function valuesOf(value: string): string[] {
  if (!value.startsWith('{')) return secretValues(value)
  const inner = new JsonRedactor(value, inSecrets)
  inner.redact()
  const inside = inner.withheld.flatMap((held) => (held.value === null || held.value === NOTE ? [] : secretValues(held.value)))
  return inside.length > 0 ? inside : secretValues(value)
}
