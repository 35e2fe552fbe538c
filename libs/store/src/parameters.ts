import { ParameterError } from './errors.ts'

export type Parameter = string | number | bigint | boolean | null | readonly Parameter[]
export type Parameters = Readonly<Record<string, Parameter>>

const PLACEHOLDER = /\{(\w+):([A-Za-z0-9_(), ']+)\}/g
const INTEGER = /^U?Int(8|16|32|64|128|256)$/

/**
 * Binds `{name:Type}` placeholders for the embedded engine.
 *
 * chdb can bind parameters itself, but runs such queries one at a time in the whole process: one slow search
 * would hold up every other read. So a value is rendered as a literal here. It enters the SQL as decimal digits
 * or as hex digits under `unhex`, never as text, so there is nothing to escape and nothing to break out of.
 * @throws ParameterError
 */
export function bindLiterals(sql: string, parameters: Parameters): string {
  return sql.replace(PLACEHOLDER, (_, name: string, type: string) => {
    const value = parameters[name]
    if (value === undefined) throw new ParameterError(name, type)
    return literal(name, type.trim(), value)
  })
}

function literal(name: string, type: string, value: Parameter): string {
  if (value === null) return cast('NULL', type)
  if (Array.isArray(value)) {
    const element = /^Array\((.+)\)$/.exec(type)?.[1]
    if (element === undefined) throw new ParameterError(name, type)
    return cast(`[${value.map((item) => literal(name, element, item)).join(', ')}]`, type)
  }
  const inner = /^(?:Nullable|LowCardinality)\((.+)\)$/.exec(type)?.[1] ?? type
  const text = String(value)
  if (INTEGER.test(inner)) {
    if (!/^-?\d{1,78}$/.test(text)) throw new ParameterError(name, type)
    return cast(text.startsWith('-') ? `(${text})` : text, type)
  }
  const bytes = `unhex('${Buffer.from(text, 'utf8').toString('hex')}')`
  return type === 'String' ? bytes : cast(bytes, type)
}

function cast(expression: string, type: string): string {
  return `CAST(${expression}, '${type.replaceAll("'", "''")}')`
}
