import { describe, expect, it } from 'vitest'
import { leadingWords, splitStatements, statementKind } from './statements.ts'
import { tablesOf } from './tables.ts'

const split = (text: string): string[] => splitStatements(text).map(([start, end]) => text.slice(start, end))

describe('splitStatements', () => {
  it('cuts at semicolons and leaves empty statements out', () => {
    expect(split(' SELECT 1 ;; select 2; -- done\n')).toEqual(['SELECT 1', 'select 2'])
    expect(split('')).toEqual([])
    expect(split('/* nothing */ ;')).toEqual([])
  })

  it.each([
    `SELECT ';', ''';', E'\\';', "a;""b"`,
    'DO $$ BEGIN; END $$',
    'DO $body$ x; $$ y; $body$',
    'SELECT 1 /* ; /* ; */ ; */ + 1',
    'CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)',
    "SELECT U&'d\\0061;' UESCAPE '!'",
    "SELECT B'1;', x';', N';'",
  ])('keeps %s whole', (statement) => {
    expect(split(`${statement}; SELECT 2`)).toEqual([statement, 'SELECT 2'])
  })

  it('keeps the body of an SQL-standard function whole', () => {
    const create = 'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END'
    expect(split(`${create}; BEGIN; COMMIT`)).toEqual([create, 'BEGIN', 'COMMIT'])
  })

  it('lets an unterminated quote, comment or dollar quote run to the end', () => {
    for (const text of [`SELECT 'a; b`, 'SELECT "a; b', 'SELECT $x$ a; b $$']) expect(split(text)).toEqual([text])
    expect(split('SELECT 1 /* ; ')).toEqual(['SELECT 1'])
  })

  it('takes time linear in the length of hostile text', () => {
    for (const piece of ["'", '"', '$', '$a', '$a$', '/*', '*/', '(', '--', "E'\\", 'a$', ';']) {
      const text = piece.repeat(400_000)
      expect(splitStatements(text).length).toBeLessThanOrEqual(text.length)
    }
  })
})

describe('statementKind', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['/* hi */ -- there\n insert into t values (1)', 'INSERT'],
    ['WITH a AS (SELECT 1), b AS (DELETE FROM x RETURNING *) UPDATE t SET a = 1', 'UPDATE'],
    ['with recursive t(n) as (values (1)) select * from t', 'SELECT'],
    ['EXPLAIN ANALYZE SELECT 1', 'EXPLAIN'],
    ['((SELECT 1) UNION SELECT 2)', 'SELECT'],
    ['\\copy', ''],
    ['', ''],
    ["'x'", ''],
  ])('of %s is %s', (text, kind) => {
    expect(statementKind(text)).toBe(kind)
  })
})

describe('leadingWords', () => {
  it('stops where something other than a word stands', () => {
    expect(leadingWords('rollback /* */ to savepoint x', 3)).toEqual(['ROLLBACK', 'TO', 'SAVEPOINT'])
    expect(leadingWords('deallocate "S_1"; x', 3)).toEqual(['DEALLOCATE', '"S_1"'])
  })
})

it('any text of SQL’s marks is read in bounds, 10,000 seeded times', () => {
  const pieces = [
    "'",
    '"',
    '$',
    '$a$',
    '$1',
    '/*',
    '*/',
    '--',
    '\n',
    'E',
    'U&',
    '(',
    ')',
    ';',
    ',',
    '.',
    '\\',
    ' from ',
    ' with x as ',
    'é',
    '\ud83d',
    '0',
    'begin atomic ',
  ]
  let state = 1
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % limit
  }
  for (let n = 0; n < 10_000; n += 1) {
    const text = Array.from({ length: below(24) }, () => pieces[below(pieces.length)]).join('')
    let last = 0
    for (const [start, end] of splitStatements(text)) {
      expect(start >= last && end > start && end <= text.length).toBe(true)
      last = end
    }
    expect(statementKind(text).length).toBeLessThanOrEqual(32)
    expect(tablesOf(text).every((name) => name.isWellFormed())).toBe(true)
  }
})
