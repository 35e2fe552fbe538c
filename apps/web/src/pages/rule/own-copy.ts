const NAMED = /^(id|name):[ \t]*(\S+)[ \t]*$/gm

/**
 * A rule's text as the beginning of another rule: every id and name that its documents bear is a new one, also where correlations
 * in the same text refer to it. What refers to rules elsewhere stays.
 * @param newId makes a UUID
 */
export function ownCopy(text: string, newId: () => string): string {
  const renamed = new Map<string, string>()
  for (const [, member, value = ''] of text.matchAll(NAMED)) {
    if (!renamed.has(value)) renamed.set(value, member === 'id' ? newId() : `${value}_${newId().slice(0, 8)}`)
  }
  return text.replace(/[\w.-]+/g, (word) => renamed.get(word) ?? word)
}
