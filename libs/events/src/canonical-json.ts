export class CanonicalFormError extends Error {
  readonly code = 'NO_CANONICAL_FORM'
  readonly retryable = false
}

/** Levels of nesting that are written or read. Deeper, what walks a value would run out of stack. */
export const MAX_DEPTH = 100

/**
 * JSON in the canonical form of RFC 8785: members sorted by UTF-16 units, no white space, ECMAScript numbers.
 * `undefined` members are left out, as in JSON. Values whose members are in order already take a fast path.
 * @throws CanonicalFormError for a number that JSON cannot hold, text with a lone surrogate, or more than MAX_DEPTH levels
 */
export function canonicalJson(value: unknown): string {
  const json = isInOrder(value, 0) ? JSON.stringify(value) : rendered(value)
  // JSON.stringify escapes a lone surrogate, and nothing else of that form, as \ud800 to \udfff.
  if (json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json))
    throw new CanonicalFormError('text with a lone surrogate has no UTF-8 form')
  return json
}

function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return checkedNumber(value)
  if (value === null || typeof value !== 'object') return true
  if (depth > MAX_DEPTH) throw new CanonicalFormError(`more than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return areInOrder(value, depth + 1)
  let previous = ''
  for (const key in value) {
    if (key < previous) return false
    previous = key
    const member = (value as Record<string, unknown>)[key]
    if (typeof member !== 'string' && !isInOrder(member, depth + 1)) return false
  }
  return true
}

// Most of what an event holds is text: it is not worth a call for each.
function areInOrder(items: readonly unknown[], depth: number): boolean {
  for (let n = 0; n < items.length; n++) if (typeof items[n] !== 'string' && !isInOrder(items[n], depth)) return false
  return true
}

// Built as text: an object would put members that look like integers first, whatever the order they came in.
function rendered(value: unknown, depth = 0): string {
  if (typeof value === 'number') checkedNumber(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (depth > MAX_DEPTH) throw new CanonicalFormError(`more than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return `[${value.map((item) => rendered(item ?? null, depth + 1)).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${rendered(member, depth + 1)}`)
  }
  return `{${members.join(',')}}`
}

function checkedNumber(value: number): boolean {
  if (!Number.isFinite(value)) throw new CanonicalFormError(`${value} has no JSON form`)
  return true
}
