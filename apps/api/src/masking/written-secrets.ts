import { SECRET_NAME } from './secret-names.ts'
import type { Span } from './secret-ranges.ts'

/** What a statement writes into columns that are called secrets: where it stands in the text, and which bind values it is. */
export type Written = { spans: Span[] /** From 0. */; params: Set<number> }

const COLUMN = SECRET_NAME.source.slice(0, -1)
const CALLS = '(?:[\\w.]{1,64}\\s{0,8}\\(\\s{0,8}){0,3}'
const ASSIGNED = new RegExp(`${COLUMN}["\`\\]]?\\s{0,8}=\\s{0,8}${CALLS}(?:\\$(\\d{1,5})|'((?:''|[^']){1,1024}))`, 'dgi')
const INSERT =
  /\bINSERT\s{1,8}INTO\s{1,8}[^\s(]{1,256}\s{0,8}\(([^()]{1,8192})\)\s{0,8}(?:OVERRIDING\s\w{1,16}\sVALUE\s{1,8})?VALUES\s{0,8}/gi
const MAX_ROWS = 1000
const LITERAL = /'((?:''|[^']){1,65536})'/dg

/** By the form of statements, without their grammar: `SET password = crypt($1, …)`, `INSERT INTO t (…, password) VALUES (…)`. */
export function writtenSecrets(text: string): Written {
  const written: Written = { spans: [], params: new Set() }
  for (const { 1: param, indices } of text.matchAll(ASSIGNED)) {
    if (param !== undefined) written.params.add(Number(param) - 1)
    if (indices?.[2]) written.spans.push([indices[2][0], indices[2][1]])
  }
  let done = 0
  for (const match of text.matchAll(INSERT)) {
    // What stands in the rows of another: each character is looked at once.
    if (match.index < done) continue
    const isSecret = (match[1] ?? '').split(',').map((name) => SECRET_NAME.test(name.replaceAll(/[\s"`[\]]/g, '')))
    if (isSecret.includes(true)) done = addRows(text, match.index + match[0].length, isSecret, written)
  }
  return written
}

/** @returns where the rows are over */
function addRows(text: string, from: number, isSecret: readonly boolean[], written: Written): number {
  let at = from
  for (let rows = 0; rows < MAX_ROWS && text.charAt(at) === '('; rows += 1) {
    const { items, end } = itemsOf(text, at + 1)
    for (const [index, item] of items.entries()) if (isSecret[index] === true) addItem(text, item, written)
    at = end + (/^\s{0,8},\s{0,8}/.exec(text.slice(end, end + 17))?.[0].length ?? 0)
  }
  return at
}

function addItem(text: string, [start, end]: Span, { spans, params }: Written): void {
  const item = text.slice(start, end)
  for (const [, param] of item.matchAll(/\$(\d{1,5})/g)) params.add(Number(param) - 1)
  const literals = [...item.matchAll(LITERAL)].flatMap(({ indices }) => (indices?.[1] ? [indices[1]] : []))
  for (const [from, to] of literals) spans.push([start + from, start + to])
}

/** What stands between the commas of a list whose bracket was opened, and where it is over. */
function itemsOf(text: string, from: number): { items: Span[]; end: number } {
  const items: Span[] = []
  let start = from
  let depth = 1
  let isQuoted = false
  let at = from
  for (; at < text.length && depth > 0; at += 1) {
    const mark = text.charAt(at)
    if (mark === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (mark === '(') depth += 1
    if (mark === ')') depth -= 1
    if (depth === 0 || (depth === 1 && mark === ',')) {
      items.push([start, at])
      start = at + 1
    }
  }
  return { items: depth > 0 ? [...items, [start, at]] : items, end: at }
}
