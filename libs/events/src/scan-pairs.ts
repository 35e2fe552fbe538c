import type { FoundValue } from './scan.ts'
import { scanCell } from './scan.ts'
import { isSecretName } from './secret-names.ts'

/** Shorter values under the name of a secret are flags and numbers. */
export const MIN_NAMED_SECRET = 4
const MAX_NAMED_SECRET = 16 * 1024
const MAX_PAIRS = 1000

/** What a form (`application/x-www-form-urlencoded`, WHATWG URL) or the query of a URL holds: each value is one standing alone. */
export function* scanPairs(text: string, offset = 0): Generator<FoundValue> {
  let start = 0
  for (let n = 0; n < MAX_PAIRS && start < text.length; n++) {
    const mark = text.indexOf('&', start)
    const end = mark < 0 ? text.length : mark
    const equals = text.indexOf('=', start)
    if (equals >= start && equals < end)
      yield* scanNamed(decoded(text.slice(start, equals)), decoded(text.slice(equals + 1, end)), offset + equals + 1)
    start = end + 1
  }
}

function* scanNamed(name: string, value: string, offset: number): Generator<FoundValue> {
  const secret = namedSecret(name, value)
  if (secret !== null) yield { kind: 'credential', canonical: secret, offset, isNamedSecret: true }
  else for (const found of scanCell(value)) yield { ...found, offset }
}

/** The value, when it stands under the name of a secret and may be one. */
export function namedSecret(name: string, value: string): string | null {
  const secret = value.trim()
  if (secret.length < MIN_NAMED_SECRET || secret.length > MAX_NAMED_SECRET || secret.includes('-----BEGIN ')) return null
  return isSecretName(name) ? secret : null
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
