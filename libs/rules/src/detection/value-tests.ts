import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import { RuleError } from '../rule-error.ts'
import { compilePattern, type Fold, type Pattern } from './wildcards.ts'

/** Does a value that stands in a record pass? */
export type ValueTest = (value: unknown) => boolean

/** Text is compared up to here, in UTF-16 units. */
const MAX_TEXT = 256 * 1024
const MAX_EXPRESSION = 4096

/** The text of a value that has one; null for absent values, lists and objects. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : null
}

export function onText(test: (text: string) => boolean): ValueTest {
  return (value) => {
    const text = textOf(value)
    return text !== null && test(text)
  }
}

/** Case does not count, unless a rule says so. */
export const foldCase: Fold = (text) => text.toLowerCase()
export const foldNothing: Fold = (text) => text

/** With `windash`, the characters that begin an option on Windows are one (Sigma modifiers 2.1). */
export function foldDashes(fold: Fold): Fold {
  return (text) => fold(text).replace(/[-/–—―]/g, '-')
}

export function patternTest(pattern: Pattern, fold: Fold): ValueTest {
  return onText(compilePattern(pattern, fold))
}

/** A regular expression in RE2's syntax, found anywhere; its time grows with the text's length alone. @throws RuleError */
export function expressionTest(expression: string, { i, m, s }: { i: boolean; m: boolean; s: boolean }): ValueTest {
  if (expression.length > MAX_EXPRESSION) throw new RuleError(`a regular expression has at most ${MAX_EXPRESSION} characters`)
  const flags = (i ? RE2JS.CASE_INSENSITIVE : 0) | (m ? RE2JS.MULTILINE : 0) | (s ? RE2JS.DOTALL : 0)
  const compiled = compileExpression(expression, flags)
  return onText((text) => compiled.matcher(text).find())
}

function compileExpression(expression: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(expression, flags)
  } catch {
    throw new RuleError('is no regular expression that can be matched in linear time (no look-around, no references back)')
  }
}

/** Is the value an address in this network? @throws RuleError */
export function networkTest(network: string): ValueTest {
  if (!ipaddr.isValidCIDR(network)) throw new RuleError('is no network in CIDR form, such as 10.0.0.0/8')
  const [base, bits] = ipaddr.parseCIDR(network)
  return onText((text) => {
    if (text.length > 64 || !ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    return address.kind() === base.kind() && address.match(base, bits)
  })
}

export const COMPARISONS: ReadonlyMap<string, (left: number, right: number) => boolean> = new Map([
  ['lt', (left: number, right: number) => left < right],
  ['lte', (left: number, right: number) => left <= right],
  ['gt', (left: number, right: number) => left > right],
  ['gte', (left: number, right: number) => left >= right],
])

/** A number, or a text that is one in decimal form. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^[+-]?\d{1,20}(?:\.\d{1,20})?$/.test(value)) return null
  return Number(value)
}
