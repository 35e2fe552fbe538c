import { MAX_DEPTH } from './canonical-json.ts'

/**
 * The content of an event in the form in which EventChain encodes it, without rendering it again: the canonical JSON,
 * with `hash` as one more, last member. Null when the text is not in that very form.
 *
 * The text is canonical (RFC 8785) when it is what ECMAScript writes for the value it holds (so no white space, no
 * member twice, every number and escape in its one form), its members are sorted, it has few levels, and no lone surrogate hides in it.
 * @param json what JSON.parse read from `text`
 */
export function encodedContent(text: string, json: object, hash: string): string | null {
  const end = `,"hash":"${hash}"}`
  if (!text.endsWith(end) || text.includes('\\ud') || !isSortedBut(json, 'hash')) return null
  if (JSON.stringify(json) !== text) return null
  return `${text.slice(0, -end.length)}}`
}

// JSON.parse keeps the order of the text, except for members named like array indices: those fail here or above.
function isSortedBut(json: object, last: string): boolean {
  let previous = ''
  for (const key in json) {
    if (key === last) continue
    if (key < previous || !isSorted((json as Record<string, unknown>)[key], 1)) return false
    previous = key
  }
  return true
}

/**
 * Is this the canonical text of a member's value? The same conditions as above, for one member. False where it cannot tell.
 * @param value what JSON.parse read from `text`
 */
export function isCanonicalMember(text: string, value: unknown): boolean {
  return !text.includes('\\ud') && isSorted(value, 1) && JSON.stringify(value) === text
}

function isSorted(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true
  if (depth > MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isSorted(item, depth + 1))
  let previous = ''
  for (const key in value) {
    if (key < previous || !isSorted((value as Record<string, unknown>)[key], depth + 1)) return false
    previous = key
  }
  return true
}
