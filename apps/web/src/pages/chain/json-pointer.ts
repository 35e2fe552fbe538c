/** The value at a JSON pointer (RFC 6901); undefined when there is none. */
export function atPointer(json: unknown, pointer: string): unknown {
  if (pointer === '') return json
  let value: unknown = json
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

export type Excerpt = { before: string; value: string; after: string }

/**
 * The text around a value. Without the value itself (a secret is known by digest only) it reaches from the offset to the next
 * white space or quote.
 */
export function excerptOf(text: string, offset: number | undefined, value: string | null, around = 160): Excerpt | null {
  const start = offset ?? (value === null ? -1 : text.toLowerCase().indexOf(value.toLowerCase()))
  if (start < 0 || start > text.length) return null
  const known = value !== null && text.slice(start, start + value.length).toLowerCase() === value.toLowerCase()
  const length = known ? value.length : (/^[^\s"'`;,]+/.exec(text.slice(start))?.[0].length ?? 0)
  const from = Math.max(0, start - around)
  return {
    before: text.slice(from, start),
    value: text.slice(start, start + length),
    after: text.slice(start + length, start + length + around),
  }
}
