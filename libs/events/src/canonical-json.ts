export class CanonicalFormError extends Error {
  readonly code = 'NO_CANONICAL_FORM'
  readonly retryable = false
}

/**
 * JSON in the canonical form of RFC 8785: members sorted by UTF-16 units, no white space, ECMAScript numbers.
 * `undefined` members are left out, as in JSON.
 * @throws CanonicalFormError for a number that JSON cannot hold, or text with a lone surrogate
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new CanonicalFormError(`${value} has no JSON form`)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined) members.push(`${canonicalString(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new CanonicalFormError('text with a lone surrogate has no UTF-8 form')
  return JSON.stringify(text)
}
