/** Which records a rule is about. What is absent in a rule matches everything. */
export type LogSource = { category?: string | undefined; product?: string | undefined; service?: string | undefined }

/** One thing that rules look at: an event, a hop, a hop chain, each with its fields as JSON. */
export type RuleRecord = {
  /** What the outcome points back to. */
  ref: string
  /** Event time in microseconds since the epoch. */
  tsUs: number
  source: LogSource
  fields: Readonly<Record<string, unknown>>
}

const MAX_VALUES = 4096
const MAX_DEPTH = 32

export function isAbout(rule: LogSource, source: LogSource): boolean {
  return (['category', 'product', 'service'] as const).every((name) => rule[name] === undefined || rule[name] === source[name])
}

/**
 * The values of a field. `a.b` is `b` in `a`, or a field of that very name; a list stands for each of its members.
 * Empty where there is no such field; at most 4096.
 */
export function valuesAt(fields: Readonly<Record<string, unknown>>, path: string): unknown[] {
  const found: unknown[] = []
  walk(fields, path, 0, found)
  return found
}

function walk(at: unknown, path: string, depth: number, found: unknown[]): void {
  if (found.length >= MAX_VALUES || depth > MAX_DEPTH) return
  if (Array.isArray(at)) for (const each of at) walk(each, path, depth + 1, found)
  else if (path === '') found.push(at)
  else if (isObject(at)) for (const [value, rest] of steps(at, path)) walk(value, rest, depth + 1, found)
}

// A name with dots in it comes before a path through others.
function* steps(at: Record<string, unknown>, path: string): Generator<[value: unknown, rest: string]> {
  if (Object.hasOwn(at, path)) return yield [at[path], '']
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot)
    if (Object.hasOwn(at, name)) yield [at[name], path.slice(dot + 1)]
  }
}

/** Every string and number in a record, for searches that name no field. At most 4096. */
export function allTexts(fields: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = []
  gather(fields, 0, found)
  return found
}

function gather(at: unknown, depth: number, found: string[]): void {
  if (found.length >= MAX_VALUES || depth > MAX_DEPTH) return
  if (typeof at === 'string') found.push(at)
  else if (typeof at === 'number' || typeof at === 'boolean') found.push(String(at))
  else if (Array.isArray(at)) for (const each of at) gather(each, depth + 1, found)
  else if (isObject(at)) for (const each of Object.values(at)) gather(each, depth + 1, found)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
