import { ParameterError } from './errors.ts'

export type Parameter = string | number | bigint | boolean | null | readonly Parameter[]
export type Parameters = Readonly<Record<string, Parameter>>

const PLACEHOLDER = /\{(\w+):([A-Za-z0-9_(), ']+)\}/g
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const INTEGER = /^U?Int(8|16|32|64|128|256)$/

/**
 * Binds `{name:Type}` placeholders for the embedded engine.
 *
 * chdb can bind parameters itself, but runs such queries one at a time in the whole process: one slow search
 * would hold up every other read. So a value is rendered as a literal here. It enters the SQL as decimal digits
 * or as hex digits under `unhex`, never as text, so there is nothing to escape and nothing to break out of; ids in a list,
 * which are hex digits and dashes and nothing else, stand as they are.
 * @throws ParameterError
 */
export function bindLiterals(sql: string, parameters: Parameters): string {
  checkParameters(sql, parameters)
  return sql.replace(PLACEHOLDER, (_, name: string, type: string) => literal(type.trim(), parameters[name] ?? null))
}

/**
 * That each placeholder has a value, and that whole numbers are some: an engine's own message would quote what it got.
 * @throws ParameterError
 */
export function checkParameters(sql: string, parameters: Parameters): void {
  for (const [, name = '', type = ''] of sql.matchAll(PLACEHOLDER)) {
    const value = parameters[name]
    if (value === undefined || !fits(type.trim(), value)) throw new ParameterError(name, type)
  }
}

function fits(type: string, value: Parameter): boolean {
  if (value === null) return true
  const element = /^Array\((.+)\)$/.exec(type)?.[1]
  if (Array.isArray(value)) return element !== undefined && value.every((item) => fits(element, item))
  return !INTEGER.test(innerOf(type)) || /^-?\d{1,78}$/.test(String(value))
}

function innerOf(type: string): string {
  return /^(?:Nullable|LowCardinality)\((.+)\)$/.exec(type)?.[1] ?? type
}

function literal(type: string, value: Parameter): string {
  if (value === null) return cast('NULL', type)
  if (Array.isArray(value)) {
    const element = /^Array\((.+)\)$/.exec(type)?.[1] ?? ''
    // A list of ids as plain text is cast once: a cast each would take longer than most queries.
    const isIds = element === 'UUID' && value.every((item) => UUID.test(String(item)))
    return cast(`[${value.map((item) => (isIds ? `'${item}'` : literal(element, item))).join(', ')}]`, type)
  }
  const text = String(value)
  if (INTEGER.test(innerOf(type))) return cast(text.startsWith('-') ? `(${text})` : text, type)
  const bytes = `unhex('${Buffer.from(text, 'utf8').toString('hex')}')`
  return type === 'String' ? bytes : cast(bytes, type)
}

function cast(expression: string, type: string): string {
  return `CAST(${expression}, '${type.replaceAll("'", "''")}')`
}
