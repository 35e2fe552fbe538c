export class CanonicalFormError extends Error {
  readonly code = 'NO_CANONICAL_FORM'
  readonly retryable = false
}

/**
 * JSON in the canonical form of RFC 8785: members sorted by UTF-16 units, no white space, ECMAScript numbers.
 * `undefined` members are left out, as in JSON. Values whose members are in order already take a fast path.
 * @throws CanonicalFormError for a number that JSON cannot hold, or text with a lone surrogate
 */
export function canonicalJson(value: unknown): string {
  const json = isInOrder(value) ? JSON.stringify(value) : rendered(value)
  // JSON.stringify escapes a lone surrogate, and nothing else of that form, as \ud800 to \udfff.
  if (json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json))
    throw new CanonicalFormError('text with a lone surrogate has no UTF-8 form')
  return json
}

function isInOrder(value: unknown): boolean {
  if (typeof value === 'number') return checkedNumber(value)
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isInOrder)
  let previous = ''
  for (const key in value) {
    if (key < previous) return false
    previous = key
    if (!isInOrder((value as Record<string, unknown>)[key])) return false
  }
  return true
}

// Built as text: an object would put members that look like integers first, whatever the order they came in.
function rendered(value: unknown): string {
  if (typeof value === 'number') checkedNumber(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => rendered(item ?? null)).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${rendered(member)}`)
  }
  return `{${members.join(',')}}`
}

function checkedNumber(value: number): boolean {
  if (!Number.isFinite(value)) throw new CanonicalFormError(`${value} has no JSON form`)
  return true
}
