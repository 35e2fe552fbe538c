import { isSecretKey } from './secret-names.ts'
import type { Span } from './secret-ranges.ts'

type Frame = {
  isObject: boolean
  /** Of an object: the key whose value comes next; null while a key is expected. */
  key: string | null
  /** Everything in it is a secret. */
  isSecret: boolean
  /** `{name: 'DB_PASSWORD', value: …}`: the name says what the value is. */
  isNamedSecret: boolean
  values: Span[]
}

/** Deeper, nothing is looked at. */
const MAX_DEPTH = 256
const NAMES = /^(?:name|key|header|variable)$/i
const VALUES = /^(?:value|values|val|default)$/i
/** `tokens: {ci: …}` holds them under any name. One of them alone may be described: `secret: {secretName: …}`. */
const MANY = /s$/i
const BARE = /[^\s,:[\]{}"]{1,4096}/y
const NO_SECRET = /^(?:true|false|null)$/

/**
 * Where in JSON values stand whose names say that they are secrets, in order. Linear; takes JSON that was cut, and what is none.
 * Spans are of what stands between the quotes.
 */
export function jsonSecrets(text: string): Span[] {
  const reader = new Reader()
  for (let at = 0; at < text.length; ) at = reader.next(text, at)
  return reader.end()
}

class Reader {
  private readonly stack: Frame[] = []
  private readonly found: Span[] = []

  /** @returns where what comes next begins */
  next(text: string, at: number): number {
    const mark = text.charAt(at)
    if (mark === '{' || mark === '[') this.open(mark === '{')
    else if (mark === '}' || mark === ']') this.close()
    else if (mark === '"') return this.quoted(text, at)
    else if (mark === ',') this.separate()
    else if (!/[\s:]/.test(mark)) return this.bare(text, at)
    return at + 1
  }

  end(): Span[] {
    while (this.stack.length > 0) this.close()
    return this.found
  }

  private open(isObject: boolean): void {
    const parent = this.stack.at(-1)
    const key = parent?.key ?? null
    const isCalledSecret = key !== null && isSecretKey(key) && (!isObject || MANY.test(key))
    const isInherited = parent?.isSecret === true && (parent.isObject || !isObject)
    if (this.stack.length < MAX_DEPTH) {
      this.stack.push({ isObject, key: null, isSecret: isCalledSecret || isInherited, isNamedSecret: false, values: [] })
    }
  }

  private close(): void {
    const frame = this.stack.pop()
    if (frame?.isNamedSecret) this.found.push(...frame.values)
    const parent = this.stack.at(-1)
    if (parent) parent.key = null
  }

  private separate(): void {
    const frame = this.stack.at(-1)
    if (frame) frame.key = null
  }

  private quoted(text: string, at: number): number {
    const end = endOfString(text, at + 1)
    const frame = this.stack.at(-1)
    if (frame?.isObject && frame.key === null) frame.key = text.slice(at + 1, Math.min(end, at + 257))
    else this.value(text, [at + 1, end])
    return end + 1
  }

  private bare(text: string, at: number): number {
    BARE.lastIndex = at
    const word = BARE.exec(text)?.[0] ?? text.charAt(at)
    if (!NO_SECRET.test(word)) this.value(text, [at, at + word.length])
    return at + word.length
  }

  private value(text: string, span: Span): void {
    const frame = this.stack.at(-1)
    if (!frame) return
    const { key } = frame
    if (frame.isSecret || (key !== null && isSecretKey(key))) this.found.push(span)
    else if (key !== null && NAMES.test(key)) frame.isNamedSecret ||= isSecretKey(text.slice(...span))
    else if (key !== null && VALUES.test(key)) frame.values.push(span)
  }
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const mark = text.charAt(at)
    if (mark === '\\') at += 1
    else if (mark === '"') return at
  }
  return text.length
}
