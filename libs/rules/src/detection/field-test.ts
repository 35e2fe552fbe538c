import { type RuleRecord, valuesAt } from '../record.ts'
import { RuleError } from '../rule-error.ts'
import { datePart, isDatePart } from './date-parts.ts'
import { encode, isEncoding } from './encodings.ts'
import {
  COMPARISONS,
  expressionTest,
  foldCase,
  foldDashes,
  foldNothing,
  networkTest,
  numberOf,
  patternTest,
  textOf,
  type ValueTest,
} from './value-tests.ts'
import { literally, type Pattern, parsePattern } from './wildcards.ts'

export type Fields = RuleRecord['fields']
export type RecordTest = (fields: Fields) => boolean

/** What may stand at a field: text, a number, a boolean, or null. */
export type RuleValue = string | number | boolean | null

const PLACES = new Set(['contains', 'startswith', 'endswith'])
const FLAGS = new Set(['i', 'm', 's'])
const KNOWN = new Set([...PLACES, ...FLAGS, ...COMPARISONS.keys(), 'all', 'exists', 'cased', 'neq', 'windash', 're', 'cidr', 'fieldref'])

type Modifiers = { field: string; has: (name: string) => boolean; all: readonly string[] }

/**
 * Compiles one line of a selection, `field|modifier|…: values`, to a test of records (Sigma rules specification and modifiers 2.1).
 * @throws RuleError for an unknown modifier, or a value that it cannot have
 */
export function compileField(key: string, values: readonly RuleValue[]): RecordTest {
  const modifiers = modifiersOf(key)
  const { field, has } = modifiers
  if (has('exists')) return existence(field, values)
  if (has('fieldref')) return reference(modifiers, values)
  const tests = values.map((value) => compileValue(modifiers, value))
  const part = modifiers.all.find(isDatePart)
  const at = (fields: Fields) =>
    part === undefined ? valuesAt(fields, field) : valuesAt(fields, field).map((value) => datePart(value, part))
  if (has('neq')) return (fields) => !at(fields).some((value) => tests.some((test) => test(value)))
  const passes = (test: ValueTest, found: readonly unknown[]) => (found.length === 0 ? test(undefined) : found.some(test))
  if (has('all')) return (fields) => tests.every((test) => passes(test, at(fields)))
  return (fields) => {
    const found = at(fields)
    return tests.some((test) => passes(test, found))
  }
}

function modifiersOf(key: string): Modifiers {
  const [field = '', ...all] = key.split('|')
  const unknown = all.find((name) => !KNOWN.has(name) && !isEncoding(name) && !isDatePart(name))
  if (unknown === 'expand') throw new RuleError('placeholders (expand) are not supported: write the values')
  if (unknown !== undefined) throw new RuleError(`there is no modifier "${unknown}"`)
  return { field, all, has: (name) => all.includes(name) }
}

function existence(field: string, values: readonly RuleValue[]): RecordTest {
  const [wanted] = values
  if (values.length !== 1 || typeof wanted !== 'boolean') throw new RuleError('exists takes true or false')
  // What is null in JSON is there in name only.
  return (fields) => valuesAt(fields, field).some((value) => value !== null && value !== undefined) === wanted
}

function reference({ field, has }: Modifiers, values: readonly RuleValue[]): RecordTest {
  const others = values.map((value) => {
    if (typeof value !== 'string') throw new RuleError('fieldref takes the name of a field')
    return value
  })
  const fold = has('cased') ? foldNothing : foldCase
  const texts = (fields: Fields, name: string) => valuesAt(fields, name).flatMap((value) => textOf(value) ?? [])
  const isSame = (fields: Fields) => {
    const own = new Set(texts(fields, field).map(fold))
    return others.some((other) => texts(fields, other).some((text) => own.has(fold(text))))
  }
  return has('neq') ? (fields) => !isSame(fields) : isSame
}

function compileValue(modifiers: Modifiers, value: RuleValue): ValueTest {
  const { has, all } = modifiers
  if (has('re')) return expressionTest(stringOf(value, 're'), { i: has('i'), m: has('m'), s: has('s') })
  if (has('cidr')) return networkTest(stringOf(value, 'cidr'))
  const comparison = all.map((name) => COMPARISONS.get(name)).find((found) => found !== undefined)
  if (comparison) return compared(comparison, value)
  if (value === null) return (found) => found === undefined || found === null
  if (typeof value === 'string') return anyOf(patternsOf(modifiers, value).map((pattern) => patternTest(pattern, foldOf(modifiers))))
  const text = String(value)
  if (all.some((name) => PLACES.has(name))) return anyOf(placed(modifiers, [literally(text)]).map((each) => patternTest(each, foldNothing)))
  return typeof value === 'number' ? (found) => numberOf(found) === value : (found) => textOf(found)?.toLowerCase() === text
}

function compared(comparison: (left: number, right: number) => boolean, value: RuleValue): ValueTest {
  const right = numberOf(value)
  if (right === null) throw new RuleError('is compared as a number, and is none')
  return (found) => {
    const left = numberOf(found)
    return left !== null && comparison(left, right)
  }
}

function patternsOf(modifiers: Modifiers, value: string): Pattern[] {
  const encodings = modifiers.all.filter(isEncoding)
  return placed(modifiers, encodings.length === 0 ? [parsePattern(value)] : encode([parsePattern(value)], encodings))
}

function placed({ has }: Modifiers, patterns: readonly Pattern[]): Pattern[] {
  return patterns.map((pattern) => [
    ...(has('contains') || has('endswith') ? (['*'] as const) : []),
    ...pattern,
    ...(has('contains') || has('startswith') ? (['*'] as const) : []),
  ])
}

// What is encoded differs by case.
function foldOf({ has, all }: Modifiers) {
  const fold = has('cased') || all.some(isEncoding) ? foldNothing : foldCase
  return has('windash') ? foldDashes(fold) : fold
}

function stringOf(value: RuleValue, modifier: string): string {
  if (typeof value === 'string') return value
  throw new RuleError(`${modifier} takes a text`)
}

function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [only] = tests
  return tests.length === 1 && only ? only : (value) => tests.some((test) => test(value))
}
