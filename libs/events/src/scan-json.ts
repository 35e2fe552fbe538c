import { type JsonText, type JsonToken, readJson } from './json-reader.ts'
import { KubernetesObjects, NOTHING } from './kubernetes/objects.ts'
import { type FoundValue, SCAN_LIMIT, scanCell, scanText } from './scan.ts'
import { namedSecret } from './scan-pairs.ts'
import { isPlain } from './words.ts'

const MAX_DEPTH = 256
/** Levels of JSON in strings of JSON. */
const MAX_NESTED = 2

/** What is known of a JSON text besides itself: the resource of Kubernetes that it tells of (`pods`), and the namespace asked in. */
export type JsonContext = { resource?: string | null; namespace?: string | null }

/**
 * Finds values in JSON text, which may be cut or broken. A string standing alone is a cell: the whole is a candidate, and so is each
 * word in it. Pods and services are named by the objects of Kubernetes in it. Offsets are into the text. Linear in its length.
 * @param depth of JSON in strings of JSON that this text stands in
 */
export function* scanJson(text: string, context: JsonContext = {}, depth = 0): Generator<FoundValue> {
  const objects = new KubernetesObjects(context)
  const names = new NameAndValue()
  for (const token of readJson(text.length > SCAN_LIMIT ? text.slice(0, SCAN_LIMIT) : text)) {
    const named = objects.take(token)
    if (named !== NOTHING) yield* named
    const found = scanToken(token, names.take(token), depth)
    if (found !== NOTHING) yield* found
  }
}

// A number or a literal where JSON has one: as good as all that stands between strings.
const PLAIN_REST = /^[\s:]*(?:-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?|true|false|null)?\s*$/

function scanToken(token: JsonToken, name: string | null, depth: number): Iterable<FoundValue> {
  if (token.kind === 'open' || token.kind === 'close') return NOTHING
  if (token.kind === 'rest') return PLAIN_REST.test(token.value) ? NOTHING : moved(scanText(token.value), (offset) => token.offset + offset)
  const isNothing = isPlain(token.value) && (token.kind === 'name' || name === null || namedSecret(name, token.value) === null)
  if (isNothing) return NOTHING
  return token.kind === 'name' ? moved(scanText(token.value), (unit) => token.at(unit)) : scanString(token, name, depth)
}

function* scanString(token: JsonText, name: string | null, depth: number): Generator<FoundValue> {
  const secret = name === null ? null : namedSecret(name, token.value)
  if (secret !== null) yield { kind: 'credential', canonical: secret, offset: token.at(0), isNamedSecret: true }
  const found = valuesIn(token, depth)
  for (const value of moved(found, (unit) => token.at(unit))) if (value.canonical !== secret || value.kind !== 'credential') yield value
}

// JSON in a string of JSON is how tools answer.
function valuesIn({ value, isWhole }: JsonText, depth: number): Iterable<FoundValue> {
  if (/^\s{0,8}[{[]/.test(value) && depth < MAX_NESTED) return scanJson(value, {}, depth + 1)
  return isWhole ? scanCell(value) : scanText(value)
}

function* moved(found: Iterable<FoundValue>, at: (offset: number) => number): Generator<FoundValue> {
  for (const value of found) yield movedTo(at(value.offset), value)
}

// To spread one object into another takes ten times as long, and texts hold many values.
function movedTo(offset: number, { kind, canonical, isNamedSecret }: FoundValue): FoundValue {
  return isNamedSecret === undefined ? { kind, canonical, offset } : { kind, canonical, offset, isNamedSecret }
}

/** Under which name a value stands: its key, or, as containers' variables are written, the `name` beside `value`. */
class NameAndValue {
  private readonly names: (string | null)[] = [null]

  take(token: JsonToken): string | null {
    // Deeper ones share a slot: what is lost is a name beside a value, not the value.
    if (token.kind === 'open' && this.names.length < MAX_DEPTH) this.names.push(null)
    if (token.kind === 'close' && this.names.length > 1) this.names.pop()
    if (token.kind !== 'string') return null
    if (token.key === 'name') this.names[this.names.length - 1] = token.value
    return token.key === 'value' ? (this.names.at(-1) ?? null) : token.key
  }
}
