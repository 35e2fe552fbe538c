import { describe, expect, it } from 'vitest'
import { FirstKeyword } from './first-keyword.ts'
import { statementKind } from './statements.ts'

function firstKeyword(text: string, pieceBytes: number): string {
  const bytes = Buffer.from(text)
  const first = new FirstKeyword()
  for (let at = 0; at < bytes.length; at += pieceBytes) first.take(bytes, at, Math.min(bytes.length, at + pieceBytes))
  return first.keyword
}

describe('the first keyword of a text in pieces', () => {
  it.each([
    [`${' '.repeat(5000)}DROP TABLE x`, 'DROP'],
    [`/* a /* b **/ /* c */ -- */${'\n'.repeat(9)} -- SELECT\r ((;delete FROM t`, 'DELETE'],
    ['/*/ SELECT */ UPDATE t', 'UPDATE'],
    ['WITH a AS (SELECT 1) DELETE FROM t', 'WITH'],
    ["E'x'", ''],
    ['- SELECT', ''],
    ['"x" SELECT', ''],
    [`${'a'.repeat(33)} SELECT`, ''],
    ['/* never closed', ''],
  ])('of %j is %j', (text, keyword) => {
    for (const pieceBytes of [1, 2, 3, 7, 10_000]) expect(firstKeyword(text, pieceBytes)).toBe(keyword)
  })

  it('is the kind of the whole text, for 8,000 arrangements of what SQL begins with', () => {
    const pieces = ['/*', '*/', '--', '\n', ' ', '(', ';', 'DROP', 'é', "E'", '-', '/', '*', '$1', "'"]
    for (let n = 0; n < 8000; n += 1) {
      const text = [n, n * 7 + 3, n * 31 + 11, n >> 3, n >> 6, n >> 9].map((seed) => pieces[seed % pieces.length]).join('')
      expect(firstKeyword(`${text} DROP x`, 1 + (n % 5)), text).toBe(statementKind(`${text} DROP x`))
    }
  })
})
