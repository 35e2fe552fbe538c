/** What a page must not take for anything but text. */
export const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'></svg><style>*{display:none}</style>&lt;\u202egnp\u001b[31m`

/** The same, with every string that comes from elsewhere hostile. */
export function poisoned<T>(value: T): T {
  if (typeof value === 'string') return HOSTILE as T
  if (Array.isArray(value)) return value.map(poisoned) as T
  if (typeof value !== 'object' || value === null) return value
  // Of a fixed few words, as the store's schema has it.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'kind' ? inner : poisoned(inner)])) as T
}
