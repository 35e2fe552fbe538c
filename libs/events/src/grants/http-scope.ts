import type { HttpScope } from '../bodies/grant.ts'
import { coversEach, isSame, isUnlimited, permits } from './patterns.ts'
import { pathSegments } from './request-path.ts'

export type AskedOverHttp = {
  /** As on the wire: methods are case-sensitive. */
  method: string
  /** As it goes to the target, its `basePath` included; a query is passed over. */
  path: string
  /** Do its fields name another method or path, that a target may follow? See `isOverridden`. */
  isOverridden: boolean
}

/** Does the scope allow this request? What targets may read in different ways is allowed by no scope that would have to tell. */
export function allowsHttp({ methods, paths }: HttpScope, { method, path, isOverridden }: AskedOverHttp): boolean {
  if (isOverridden && !(isUnlimited(methods) && paths === undefined)) return false
  if (!permits(methods, (pattern) => pattern === method)) return false
  if (paths === undefined) return true
  const segments = pathSegments(path)
  return segments !== null && paths.some((pattern) => matchesSegments(pattern.split('/').slice(1), segments))
}

export function coversHttp(held: HttpScope, asked: HttpScope): boolean {
  if (!coversEach(held.methods, asked.methods, isSame)) return false
  if (held.paths === undefined) return true
  const outer = held.paths.map((pattern) => pattern.split('/').slice(1))
  // Stating none allows even those paths that no pattern does.
  const inner = asked.paths?.map((pattern) => pattern.split('/').slice(1))
  return inner?.every((segments) => outer.some((pattern) => matchesSegments(pattern, segments))) === true
}

/**
 * Does the pattern match a path, or each path that another pattern matches? A `*` of `segments` stands for text that only a
 * `*` of the pattern can match, and a `**` for segments that only a `**` can.
 */
function matchesSegments(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**'
  const fixed = isOpen ? pattern.slice(0, -1) : pattern
  if (isOpen ? segments.length <= fixed.length : segments.length !== fixed.length) return false
  return fixed.every((glob, index) => segments[index] !== '**' && matchesSegment(glob, segments[index] ?? ''))
}

/** Its one `*` stands for any characters; where it is the whole segment, for at least one. O(glob). */
function matchesSegment(glob: string, text: string): boolean {
  const [before = '', after, more] = glob.split('*')
  if (after === undefined) return glob === text
  // Patterns of several are refused at the mint: an agent could make each match slow for all.
  if (more !== undefined || text === '') return false
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}
