const MAX_TEXT = 8192
const MAX_ITEMS = 64
const MAX_MEMBERS = 128
const MAX_DEPTH = 12

/**
 * A copy of JSON that is no larger than rules need: texts of 8192 UTF-16 units, lists of 64, objects of 128 members, 12 levels.
 * What is beyond is left out.
 */
export function bounded(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((each) => bounded(each, depth + 1))
  const members = Object.entries(value).slice(0, MAX_MEMBERS)
  return Object.fromEntries(members.map(([name, member]) => [name, bounded(member, depth + 1)]))
}
