/** Secrets that show by their form alone, wherever they stand. `offset` counts UTF-16 units. */
export type KnownSecret = { secret: string; offset: number }

const MIN_LENGTH = 20
const MAX_TOKEN = 16 * 1024
const TOKEN_CHARACTER = /[A-Za-z0-9_.-]/
const KEY_ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/g
const API_KEY = /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g

/**
 * JSON Web Tokens whole (RFC 7519; service accounts' tokens are longer than a word), access key ids of AWS and API keys of Google.
 * Linear in the text's length.
 */
export function* knownSecrets(text: string): Generator<KnownSecret> {
  if (text.length < MIN_LENGTH) return
  if (text.includes('eyJ')) yield* webTokens(text)
  if (text.includes('AKIA') || text.includes('ASIA')) yield* matches(text, KEY_ID)
  if (text.includes('AIza')) yield* matches(text, API_KEY)
}

// `eyJ` is the start of a JSON object in base64. Every character is looked at once.
function* webTokens(text: string): Generator<KnownSecret> {
  for (let start = text.indexOf('eyJ'); start >= 0; ) {
    let end = start
    while (end < text.length && TOKEN_CHARACTER.test(text.charAt(end))) end += 1
    let last = end
    while (text.charAt(last - 1) === '.') last -= 1
    if (!TOKEN_CHARACTER.test(text.charAt(start - 1)) && isWebToken(text, start, last))
      yield { secret: text.slice(start, last), offset: start }
    start = text.indexOf('eyJ', end)
  }
}

// Signed: three parts. Encrypted (RFC 7516): five, of which the second may be empty.
function isWebToken(text: string, start: number, end: number): boolean {
  if (end - start < MIN_LENGTH || end - start > MAX_TOKEN) return false
  const parts = text.slice(start, end).split('.', 6)
  return (parts.length === 3 && parts.every((part) => part.length > 1)) || parts.length === 5
}

function* matches(text: string, form: RegExp): Generator<KnownSecret> {
  for (const match of text.matchAll(form)) yield { secret: match[0], offset: match.index }
}
