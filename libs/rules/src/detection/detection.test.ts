import { describe, expect, it } from 'vitest'
import { compileDetection, type Detection } from './detection.ts'

const matches = (detection: Detection, fields: Record<string, unknown>) => compileDetection(detection)(fields)
/** One search, and whether it finds the record. */
const finds = (search: unknown, fields: Record<string, unknown>) => matches({ search, condition: 'search' }, fields)

describe('a selection', () => {
  it.each<[unknown, Record<string, unknown>, boolean]>([
    [{ verb: 'create' }, { verb: 'CREATE' }, true],
    [{ verb: 'create' }, { verb: 'creates' }, false],
    [{ 'verb|cased': 'create' }, { verb: 'CREATE' }, false],
    [{ verb: ['get', 'list'] }, { verb: 'list' }, true],
    [{ verb: 'get', user: 'x' }, { verb: 'get', user: 'y' }, false],
    [[{ verb: 'get' }, { user: 'y' }], { verb: 'put', user: 'y' }, true],
    [{ 'objectRef.resource': 'pods' }, { objectRef: { resource: 'pods' } }, true],
    [{ 'objectRef.resource': 'pods' }, { 'objectRef.resource': 'pods' }, true],
    [{ 'spec.containers.image': 'evil' }, { spec: { containers: [{ image: 'nginx' }, { image: 'evil' }] } }, true],
    [{ code: 403 }, { code: 403 }, true],
    [{ code: 403 }, { code: '403' }, true],
    [{ code: 403 }, { code: 4030 }, false],
    [{ on: true }, { on: true }, true],
    [{ on: false }, { on: 'False' }, true],
    [{ gone: null }, {}, true],
    [{ gone: null }, { gone: null }, true],
    [{ gone: null }, { gone: '' }, false],
    [{ empty: '' }, { empty: '' }, true],
    [{ empty: '' }, {}, false],
  ])('%j of %j: %s', (search, fields, isFound) => expect(finds(search, fields)).toBe(isFound))

  it.each<[string, string, boolean]>([
    ['a*c', 'abbbc', true],
    ['a*c', 'abbbd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*b*', 'abc', true],
    ['a*b*a', 'aba', true],
    ['a*a', 'a', false],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\\\*', 'a\\b', true],
    ['C:\\Windows', 'c:\\windows', true],
    ['\\\\\\\\host', '\\\\host', true],
    ['*.?.internal', 'db.a.internal', true],
    ['*', '', true],
    ['?', '', false],
  ])('%s of %s: %s', (pattern, text, isFound) => expect(finds({ field: pattern }, { field: text })).toBe(isFound))

  it.each<[string, unknown, unknown, boolean]>([
    ['contains', 'arg', 'targets', true],
    ['startswith', 'tar', 'targets', true],
    ['startswith', 'ets', 'targets', false],
    ['endswith', 'ETS', 'targets', true],
    ['contains|all', ['a', 'g'], 'targets', true],
    ['contains|all', ['a', 'z'], 'targets', false],
    ['contains', 40, 1403, true],
    ['re', '^t[aeiou]r.*s$', 'targets', true],
    ['re', 'TAR', 'targets', false],
    ['re|i', 'TAR', 'targets', true],
    ['re|m', '^b', 'a\nb', true],
    ['re|s', 'a.b', 'a\nb', true],
    ['re', 'a.b', 'a\nb', false],
    ['cidr', '10.0.0.0/8', '10.9.8.7', true],
    ['cidr', '10.0.0.0/8', '11.0.0.1', false],
    ['cidr', '10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['cidr', 'fd00::/8', 'fd12::1', true],
    ['cidr', '10.0.0.0/8', 'no address', false],
    ['lt', 5, 4, true],
    ['lte', 5, '5', true],
    ['gt', 5, 5, false],
    ['gte', '5', 5, true],
    ['gt', 5, 'many', false],
    ['neq', 'x', 'y', true],
    ['neq', ['x', 'y'], 'y', false],
    ['base64', 'secret', 'c2VjcmV0', true],
    ['base64offset|contains', 'secret', `x${Buffer.from('1secret!').toString('base64')}`, true],
    ['base64offset|contains', 'secret', Buffer.from('12secret').toString('base64'), true],
    ['wide|base64offset|contains', 'cmd', Buffer.from('xcmd', 'utf16le').toString('base64'), true],
    ['windash|contains', ' -enc', 'powershell /enc x', true],
    ['windash|contains', ' -enc', 'powershell –ENC x', true],
    ['exists', true, '', true],
    ['exists', false, '', false],
    ['exists', true, null, false],
    ['exists', true, [], false],
    ['exists', true, [null, 'a'], true],
    ['hour', 13, '2026-11-20T13:05:00Z', true],
    ['week', 47, '2026-11-20', true],
    ['week', 53, '2021-01-03', true],
    ['week', 1, '2024-12-30', true],
    ['day|gte', 20, '2026-11-20', true],
    ['year', 2026, 'no date', false],
  ])('field|%s: %j of %j: %s', (modifiers, value, found, isFound) => {
    expect(finds({ [`field|${modifiers}`]: value }, { field: found })).toBe(isFound)
  })

  it('compares fields with each other', () => {
    expect(finds({ 'a|fieldref': 'b' }, { a: 'X', b: ['y', 'x'] })).toBe(true)
    expect(finds({ 'a|fieldref|neq': 'b' }, { a: 'x', b: 'y' })).toBe(true)
    expect(finds({ 'a|fieldref|neq': 'b' }, { a: 'x', b: 'x' })).toBe(false)
  })

  it('looks for words in every field', () => {
    const fields = { one: 'the evil service', two: { three: ['harmless', 7] } }
    expect(finds(['EVIL', 'other'], fields)).toBe(true)
    expect(finds({ '|all': ['evil', 'harm*s'] }, fields)).toBe(true)
    expect(finds({ '|all': ['evil', 'absent'] }, fields)).toBe(false)
  })
})

describe('a condition', () => {
  const searches = { sel_a: { a: 1 }, sel_b: { b: 1 }, filter: { f: 1 }, _hidden: { h: 1 } }
  const holds = (condition: string | string[], fields: Record<string, unknown>) => matches({ ...searches, condition }, fields)

  it.each<[string | string[], Record<string, unknown>, boolean]>([
    ['sel_a and sel_b', { a: 1, b: 1 }, true],
    ['sel_a and not filter', { a: 1, f: 1 }, false],
    ['sel_a or sel_b and filter', { a: 1 }, true],
    ['(sel_a or sel_b) and filter', { a: 1 }, false],
    ['not (sel_a or sel_b)', {}, true],
    ['1 of sel_*', { b: 1 }, true],
    ['all of sel_*', { b: 1 }, false],
    ['2 of them', { a: 1, f: 1 }, true],
    ['any of them', { h: 1 }, false],
    ['all of sel_* AND NOT filter', { a: 1, b: 1 }, true],
    [['sel_a', 'sel_b'], { b: 1 }, true],
  ])('%s', (condition, fields, isTrue) => expect(holds(condition, fields)).toBe(isTrue))

  it.each<[string, number]>([
    ['sel_a and nothing', 10],
    ['sel_a and', 9],
    ['(sel_a', 6],
    ['sel_a sel_b', 6],
    ['sel_a | count() > 5', 6],
    ['0 of them', 0],
    ['1 of none_*', 5],
    [`${'not '.repeat(100)}sel_a`, 256],
  ])('%s is refused where it is wrong', (condition, offset) => {
    expect(() => holds(condition, {})).toThrow(expect.objectContaining({ code: 'RULE_INVALID', path: ['condition'], offset }))
  })
})

describe('what a detection cannot have', () => {
  it.each<[unknown, (string | number)[]]>([
    [{ 'a|sounds': 'x' }, ['search', 'a|sounds']],
    [{ 'a|expand': '%x%' }, ['search', 'a|expand']],
    [{ 'a|re': '(?=x)' }, ['search', 'a|re']],
    [{ 'a|re': '(a)\\1' }, ['search', 'a|re']],
    [{ 'a|re': 5 }, ['search', 'a|re']],
    [{ 'a|cidr': 'x' }, ['search', 'a|cidr']],
    [{ 'a|gt': 'many' }, ['search', 'a|gt']],
    [{ 'a|exists': 'yes' }, ['search', 'a|exists']],
    [{ 'a|base64': 'x*' }, ['search', 'a|base64']],
    [{ a: ['x', { b: 1 }] }, ['search', 'a', 1]],
    [
      [{ a: 1 }, true],
      ['search', 1],
    ],
  ])('%j', (search, path) => {
    expect(() => finds(search, {})).toThrow(expect.objectContaining({ code: 'RULE_INVALID', path }))
  })

  it('is told in time that grows with the text alone', () => {
    const long = 'a'.repeat(200_000)
    expect(finds({ 'f|re': '(a+)+$' }, { f: `${long}b` })).toBe(false)
    expect(finds({ f: `${'*a'.repeat(50)}*b` }, { f: long })).toBe(false)
    expect(finds({ f: `*${'?a'.repeat(50)}b*` }, { f: long })).toBe(false)
  })
})
