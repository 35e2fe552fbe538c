import type { Field, HeaderFields } from './header-fields.ts'

/** Names whose values are credentials: `authorization`, `cookie`, `x-api-key`, `private-token`, `x-amz-security-token`. */
const CREDENTIAL_NAME =
  /^(?:authorization|cookie2?|set-cookie2?)$|(?:^|[-_])(?:auth|authorization|api-?key|apikey|access-?key|(?:functions|master|application|app)-key|(?:access|auth|session|api)token|subscription-key|token|secret|password|passwd|credentials?|jwt|session-?id|signature)(?:$|[-_])/

/** Are values of this name never recorded? */
export function isCredentialName(name: string): boolean {
  return CREDENTIAL_NAME.test(name) && !NOT_SECRET.has(name)
}

/** Answers with what may be asked, and how; no credential stands in them. */
const NOT_SECRET: ReadonlySet<string> = new Set(['access-control-allow-credentials'])

export type RecordedFields = {
  headers: [string, string][]
  /** Names of those that are left out, each once. */
  withheldHeaders: string[]
  /** The credentials that stood in those. */
  credentials: string[]
}

/**
 * What of a head is recorded. Credentials are told apart for their digests alone.
 * @param isHidden of further fields that are not recorded, and not digested
 * @param secretName of a field that a target takes for a credential, whatever it is called
 */
export function recordedFields(
  fields: HeaderFields,
  isHidden: (field: Field) => boolean = () => false,
  secretName: string | null = null,
): RecordedFields {
  const recorded: RecordedFields = { headers: [], withheldHeaders: [], credentials: [] }
  for (const field of fields.list) {
    const [name, value] = field
    const isSecret = isCredentialName(name) || name === secretName
    const hidden = isHidden(field)
    if (!isSecret && !hidden) {
      recorded.headers.push([name, value])
      continue
    }
    if (!recorded.withheldHeaders.includes(name)) recorded.withheldHeaders.push(name)
    if (!hidden) recorded.credentials.push(...credentialsIn(name, value))
  }
  return recorded
}

/** The secrets in a field's value: each cookie's, the password of Basic, the credential of any other scheme, or the whole. */
export function credentialsIn(name: string, value: string): string[] {
  if (name === 'cookie' || name === 'cookie2') return value.split(';').flatMap(cookieValue)
  if (name === 'set-cookie' || name === 'set-cookie2') return cookieValue(value.split(';', 1)[0] ?? '')
  if (name === 'authorization' || name === 'proxy-authorization') return [schemeCredential(value)].filter(isLongEnough)
  return [value.trim()].filter(isLongEnough)
}

/** The credential of `Authorization` (RFC 9110, 11.4): what follows the scheme; of Basic (RFC 7617) the password alone. */
export function schemeCredential(value: string): string {
  const text = value.trim()
  const end = text.search(/\s/)
  if (end < 0) return text
  const rest = text.slice(end).trim()
  if (text.slice(0, end).toLowerCase() !== 'basic') return rest
  const pair = Buffer.from(rest, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}

/** Of shorter ones a digest links everything to everything. */
const MIN_CREDENTIAL = 4

function isLongEnough(secret: string): boolean {
  return secret.length >= MIN_CREDENTIAL
}

function cookieValue(pair: string): string[] {
  const mark = pair.indexOf('=')
  const value = pair
    .slice(mark + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1')
  return isLongEnough(value) ? [value] : []
}
