/** Patterns of a grant's scope; absent means everything, and so does `*`. */
export type Patterns = readonly string[] | undefined

export function isUnlimited(patterns: Patterns): boolean {
  return patterns === undefined || patterns.includes('*')
}

export function permits(patterns: Patterns, matches: (pattern: string) => boolean): boolean {
  return isUnlimited(patterns) || patterns?.some(matches) === true
}

/** Is each pattern asked for within one that is held? */
export function coversEach(held: Patterns, asked: Patterns, isWithin: (asked: string, held: string) => boolean): boolean {
  if (isUnlimited(held)) return true
  if (asked === undefined) return false
  return asked.every((pattern) => pattern !== '*' && held?.some((outer) => isWithin(pattern, outer)))
}

export function isSame(asked: string, held: string): boolean {
  return asked === held
}
