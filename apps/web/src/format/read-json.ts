/** JSON as it is shown: scalars keep the text that they were written as, so that no number loses a digit. */
export type JsonNode =
  | { kind: 'object'; entries: { key: string; value: JsonNode }[]; isCut: boolean }
  | { kind: 'array'; items: JsonNode[]; isCut: boolean }
  | { kind: 'string'; text: string; isCut: boolean }
  | { kind: 'other'; text: string }

/** More is not laid out: it is shown as it was recorded. */
const MAX_NODES = 20_000
const MAX_DEPTH = 64
const BARE = /[^\s,:[\]{}"]+/y
const SPACE = /[\s\u001e]*/y

/**
 * Reads JSON that may have been cut in the middle, and values on lines of their own (as a watch answers).
 * @returns null for what is no JSON, or too much of it
 */
export function readJson(text: string): JsonNode[] | null {
  const reader = new Reader(text)
  try {
    const roots = reader.roots()
    const [only] = roots
    return roots.length > 1 || only?.kind === 'object' || only?.kind === 'array' ? roots : null
  } catch (error) {
    if (error instanceof NotJson) return null
    throw error
  }
}

class NotJson extends Error {}

class Reader {
  private at = 0
  private nodes = 0

  constructor(private readonly text: string) {}

  roots(): JsonNode[] {
    const roots: JsonNode[] = []
    for (this.skip(); this.at < this.text.length; this.skip()) roots.push(this.value(0))
    return roots
  }

  private value(depth: number): JsonNode {
    this.nodes += 1
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) throw new NotJson()
    const mark = this.text.charAt(this.at)
    if (mark === '{') return this.object(depth)
    if (mark === '[') return this.array(depth)
    return mark === '"' ? this.string() : this.bare()
  }

  private object(depth: number): JsonNode {
    const entries: { key: string; value: JsonNode }[] = []
    this.at += 1
    for (;;) {
      if (this.isEnd('}')) return { kind: 'object', entries, isCut: this.isOver }
      const key = this.string()
      this.skip()
      if (this.at >= this.text.length) return { kind: 'object', entries, isCut: true }
      if (this.text.charAt(this.at) !== ':') throw new NotJson()
      this.at += 1
      this.skip()
      if (this.at >= this.text.length) return { kind: 'object', entries, isCut: true }
      entries.push({ key: key.text, value: this.value(depth + 1) })
      this.separate('}')
    }
  }

  private array(depth: number): JsonNode {
    const items: JsonNode[] = []
    this.at += 1
    for (;;) {
      if (this.isEnd(']')) return { kind: 'array', items, isCut: this.isOver }
      items.push(this.value(depth + 1))
      this.separate(']')
    }
  }

  private isOver = false

  /** Does the container end here, by its mark or because the text does? */
  private isEnd(mark: string): boolean {
    this.skip()
    this.isOver = this.at >= this.text.length
    if (this.isOver) return true
    if (this.text.charAt(this.at) !== mark) return false
    this.at += 1
    return true
  }

  private separate(end: string): void {
    this.skip()
    const mark = this.text.charAt(this.at)
    if (mark === ',') this.at += 1
    else if (mark !== '' && mark !== end) throw new NotJson()
  }

  private string(): Extract<JsonNode, { kind: 'string' }> {
    if (this.text.charAt(this.at) !== '"') throw new NotJson()
    const start = this.at + 1
    let end = start
    while (end < this.text.length && this.text.charAt(end) !== '"') end += this.text.charAt(end) === '\\' ? 2 : 1
    this.at = end + 1
    return { kind: 'string', text: unescaped(this.text.slice(start, end)), isCut: end >= this.text.length }
  }

  private bare(): JsonNode {
    BARE.lastIndex = this.at
    const word = BARE.exec(this.text)?.[0]
    if (word === undefined || !/^(?:-?\d|true|false|null|\u2022)/.test(word) || word.length > 256) throw new NotJson()
    this.at += word.length
    return { kind: 'other', text: word }
  }

  private skip(): void {
    SPACE.lastIndex = this.at
    this.at += SPACE.exec(this.text)?.[0].length ?? 0
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text
  }
}
