/** Where a value of JSON stands in a text. `isCut`: the text ends before it does. */
export type Span = { start: number; end: number; isCut: boolean }

const MAX_MEMBERS = 4096

/**
 * The members of the object that begins at `at`, each with its value's place. Reads no more than it must, so that a text
 * that was cut, or is nested however deep, gives what can be had of it. Null where no object begins there. Linear.
 */
export function membersOf(text: string, at: number): Map<string, Span> | null {
  let next = skipSpace(text, at)
  if (text[next] !== '{') return null
  const members = new Map<string, Span>()
  next = skipSpace(text, next + 1)
  while (text[next] === '"' && members.size < MAX_MEMBERS) {
    const name = valueAt(text, next)
    const colon = skipSpace(text, name.end)
    if (name.isCut || text[colon] !== ':') break
    const value = valueAt(text, colon + 1)
    // Of two members of one name most readers take the last.
    members.set(stringIn(text, name) ?? '', value)
    next = skipSpace(text, value.end)
    if (text[next] !== ',') break
    next = skipSpace(text, next + 1)
  }
  return members
}

/** The elements of the array that begins at `at`, `limit` of them at most; null where none begins there. */
export function elementsOf(text: string, at: number, limit: number): Span[] | null {
  let next = skipSpace(text, at)
  if (text[next] !== '[') return null
  const elements: Span[] = []
  next = skipSpace(text, next + 1)
  while (next < text.length && text[next] !== ']' && elements.length < limit) {
    const value = valueAt(text, next)
    elements.push(value)
    next = skipSpace(text, value.end)
    if (text[next] !== ',') break
    next += 1
  }
  return elements
}

/** The string that stands there; null for anything else. */
export function stringIn(text: string, { start, end, isCut }: Span): string | null {
  if (isCut || text[start] !== '"') return null
  try {
    return String(JSON.parse(text.slice(start, end))).toWellFormed()
  } catch {
    return null
  }
}

function valueAt(text: string, at: number): Span {
  const start = skipSpace(text, at)
  const first = text[start]
  const end = first === '"' ? endOfString(text, start) : first === '{' || first === '[' ? endOfNested(text, start) : endOfWord(text, start)
  return end < 0 ? { start, end: text.length, isCut: true } : { start, end, isCut: false }
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code === 0x5c) at += 1
  }
  return -1
}

function endOfNested(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const end = endOfString(text, at)
      if (end < 0) return -1
      at = end - 1
    } else if (code === 0x7b || code === 0x5b) depth += 1
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return at + 1
  }
  return -1
}

// A number or a name. At the very end of the text it may go on.
function endOfWord(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x2c || char === 0x7d || char === 0x5d || char <= 0x20) return at
  }
  return -1
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (next < text.length && text.charCodeAt(next) <= 0x20) next += 1
  return next
}
