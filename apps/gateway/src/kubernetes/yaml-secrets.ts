import type { IsSecret } from '@hoptrace/events'
import { isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml'

const MAX_DEPTH = 64
/** A body may be made of errors alone, of which each costs far more than a line that is none. A Secret in YAML is shorter. */
const MAX_LENGTH = 16 * 1024

/** The secrets in a body in YAML, as an apply may have it; none where it cannot be read, nor far into a long one. Aliases are not followed. */
export function yamlSecrets(text: string, isSecret: IsSecret): string[] {
  try {
    const documents = parseAllDocuments(text.slice(0, MAX_LENGTH), { uniqueKeys: false, logLevel: 'silent', prettyErrors: false })
    return [...documents].flatMap((document) => [...scalarsIn(document.contents, 0, false, isSecret)])
  } catch {
    return []
  }
}

function* scalarsIn(node: unknown, depth: number, isInside: boolean, isSecret: IsSecret): Generator<string> {
  if (depth > MAX_DEPTH) return
  if (isScalar(node)) {
    if (isInside) yield String(node.value)
  } else if (isSeq(node)) for (const item of node.items) yield* scalarsIn(item, depth + 1, isInside, isSecret)
  else if (isMap(node)) {
    for (const pair of node.items) {
      if (!isPair(pair)) continue
      const name = isScalar(pair.key) ? String(pair.key.value) : ''
      yield* scalarsIn(pair.value, depth + 1, isInside || isSecret(name, depth), isSecret)
    }
  }
}
