import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderRows } from './rows.ts'

describe('renderRows', () => {
  it('takes lines of JSON in bytes as they are, and makes the same of the rows themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.string()), { minLength: 1 }), (rows) => {
        const lines = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
        expect(renderRows([lines])).toBe(lines)
        expect(renderRows(rows)).toEqual(lines)
      }),
    )
  })

  // The embedded engine would run as SQL what follows a blank line.
  it.each([
    ['a blank line', '{"a":1}\n\nDROP TABLE victim\n'],
    ['a line of white space', '{"a":1}\n \nDROP TABLE victim\n'],
    ['a line with a carriage return alone', '{"a":1}\n\r\nDROP TABLE victim\n'],
    ['a blank line first', '\n{"a":1}\n'],
    ['a blank line last', '{"a":1}\n\n'],
    ['a line that is no object', '{"a":1}\nDROP TABLE victim\n'],
    ['a last line that is not ended', '{"a":1}\n{"a":2}'],
  ])('refuses bytes with %s', (_, bytes) => {
    expect(() => renderRows([Buffer.from(bytes)])).toThrow(RangeError)
  })

  it('refuses a row of more than one line, and bytes among rows', () => {
    expect(() => renderRows([Buffer.from('{"a":1}\n'), '{"a":1}'])).toThrow(RangeError)
    expect(() => renderRows(['{"a":1}', '{"a":1}\n'])).toThrow(RangeError)
  })
})
