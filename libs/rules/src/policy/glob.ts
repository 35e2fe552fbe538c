/**
 * Does a pattern stand for a text? `*` stands for any run of characters, everything else for itself; case does not count.
 * Linear in the text for each `*`.
 */
export function isLike(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.toLowerCase().split('*')
  const lower = text.toLowerCase()
  const tail = rest.pop()
  if (tail === undefined) return lower === head
  if (!lower.startsWith(head) || lower.length < head.length + tail.length || !lower.endsWith(tail)) return false
  let at = head.length
  for (const part of rest) {
    const found = lower.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= lower.length - tail.length
}

export function isLikeAny(patterns: readonly string[], text: string | null): boolean {
  return text !== null && patterns.some((pattern) => isLike(pattern, text))
}
