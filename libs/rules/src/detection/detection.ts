import { allTexts } from '../record.ts'
import { RuleError, within } from '../rule-error.ts'
import { type Condition, parseCondition } from './condition.ts'
import { compileField, type RecordTest, type RuleValue } from './field-test.ts'
import { foldCase } from './value-tests.ts'
import { compilePattern, parsePattern } from './wildcards.ts'

/** The searches of a rule by name, and the condition over them; as it stands in the rule. */
export type Detection = { condition: string | string[]; [search: string]: unknown }

/** Compiles a rule's detection to a test of records. @throws RuleError with the path of what is wrong */
export function compileDetection({ condition, ...searches }: Detection): RecordTest {
  if ('timeframe' in searches) throw new RuleError('timeframe is obsolete: write a correlation', ['timeframe'])
  const names = Object.keys(searches)
  const tests = new Map(names.map((name) => [name, within(name, () => compileSearch(searches[name]))]))
  const conditions = (Array.isArray(condition) ? condition : [condition]).map((text, n) =>
    within('condition', () => (Array.isArray(condition) ? within(n, () => parseCondition(text, names)) : parseCondition(text, names))),
  )
  const compiled = conditions.map((each) => compileCondition(each, tests))
  return (fields) => compiled.some((test) => test(fields))
}

function compileCondition(condition: Condition, tests: ReadonlyMap<string, RecordTest>): RecordTest {
  if (condition.kind === 'search') return tests.get(condition.name) ?? (() => false)
  if (condition.kind === 'not') {
    const test = compileCondition(condition.of, tests)
    return (fields) => !test(fields)
  }
  if (condition.kind === 'some') {
    const of = condition.names.map((name) => tests.get(name) ?? (() => false))
    const least = condition.least ?? of.length
    return (fields) => isAtLeast(of, least, fields)
  }
  const of = condition.of.map((each) => compileCondition(each, tests))
  return condition.kind === 'and' ? (fields) => of.every((test) => test(fields)) : (fields) => of.some((test) => test(fields))
}

function isAtLeast(tests: readonly RecordTest[], least: number, fields: Parameters<RecordTest>[0]): boolean {
  let passed = 0
  for (const test of tests) {
    if (test(fields)) passed += 1
    if (passed >= least) return true
  }
  return false
}

// A map is fields joined by and; a list is maps, or words looked for anywhere, joined by or.
function compileSearch(search: unknown): RecordTest {
  if (Array.isArray(search)) {
    const tests = search.map((each, n) => within(n, () => compileSearch(each)))
    return (fields) => tests.some((test) => test(fields))
  }
  if (isMap(search)) {
    const tests = Object.entries(search).map(([key, value]) => within(key, () => compileLine(key, value)))
    return (fields) => tests.every((test) => test(fields))
  }
  if (typeof search === 'string' || typeof search === 'number') return keyword(String(search))
  throw new RuleError('is a map of fields, a list of maps, or a list of words')
}

function compileLine(key: string, value: unknown): RecordTest {
  const values = (Array.isArray(value) ? value : [value]).map((each, n) => {
    if (isValue(each)) return each
    throw new RuleError('is a text, a number, true, false or null', Array.isArray(value) ? [n] : [])
  })
  const isKeywords = key === '' || key.startsWith('|')
  if (!isKeywords) return compileField(key, values)
  const tests = values.map((each) => keyword(String(each)))
  if (key !== '|all' && key !== '') throw new RuleError('words that are looked for anywhere take no modifier but all')
  return (fields) => tests.every((test) => test(fields))
}

function keyword(word: string): RecordTest {
  const test = compilePattern(['*', ...parsePattern(word), '*'], foldCase)
  return (fields) => allTexts(fields).some(test)
}

function isValue(value: unknown): value is RuleValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
