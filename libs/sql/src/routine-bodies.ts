import { splitStatements } from './statements.ts'

/** A statement inside a body, as SQL, and where it begins in that body, in UTF-16 units. */
export type BodyStatement = { text: string; offset: number }

const MAX_STATEMENTS = 1000
const BEGINS = /\b(?:perform|select|insert|update|delete|with|copy|create|alter|call)\b/i
const DYNAMIC = /\bexecute\s{1,64}(?:format\s{0,8}\(\s{0,8})?'((?:''|[^']){1,65536})'/i
const CALL = /\bdblink\w{0,64}\s{0,8}\(/i
const AFTER_CALL = /\b(?:then|loop|into)\b/i

/**
 * The statements of a body in PL/pgSQL or SQL that may make the database reach out: `PERFORM` is the `SELECT` that it runs, and what
 * `EXECUTE` is given as a constant is SQL of its own. What a body computes is not told. Linear in the body's length.
 * @param mayReachOut tells which parts are worth reading
 */
export function bodyStatements(body: string, mayReachOut: (text: string) => boolean): BodyStatement[] {
  const found: BodyStatement[] = []
  for (const [start, end] of splitStatements(body)) {
    const text = body.slice(start, end)
    if (found.length >= MAX_STATEMENTS) break
    if (mayReachOut(text)) for (const one of readings(text)) found.push({ text: one.text, offset: start + one.offset })
  }
  return found
}

function readings(text: string): BodyStatement[] {
  const dynamic = DYNAMIC.exec(text)
  if (dynamic?.[1]) return [{ text: dynamic[1].replaceAll("''", "'"), offset: dynamic.index + dynamic[0].indexOf(dynamic[1]) }]
  const begin = text.search(BEGINS)
  if (begin >= 0) return [{ text: text.slice(begin).replace(/^perform/i, 'SELECT '), offset: begin }]
  return calls(text)
}

// `x := dblink(…)`, `IF dblink(…) THEN`
function calls(text: string): BodyStatement[] {
  const call = text.search(CALL)
  if (call < 0) return []
  const rest = text.slice(call)
  const end = rest.search(AFTER_CALL)
  return [{ text: `SELECT ${end < 0 ? rest : rest.slice(0, end)}`, offset: Math.max(0, call - 'SELECT '.length) }]
}
