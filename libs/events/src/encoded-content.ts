/**
 * The content of an event in the form in which EventChain encodes it, without rendering it again: the canonical JSON,
 * with `hash` as one more, last member. Null when the text is not in that very form.
 *
 * The text is canonical (RFC 8785) when it is what ECMAScript writes for the value it holds (so no white space, no
 * member twice, every number and escape in its one form), its members are sorted, and no lone surrogate hides in it.
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
  for (const [key, member] of Object.entries(json)) {
    if (key === last) continue
    if (key < previous || !isSorted(member)) return false
    previous = key
  }
  return true
}

function isSorted(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isSorted)
  let previous = ''
  for (const key of Object.keys(value)) {
    if (key < previous || !isSorted((value as Record<string, unknown>)[key])) return false
    previous = key
  }
  return true
}
