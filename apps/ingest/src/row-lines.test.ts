import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowLines, type RowPieces } from './row-lines.ts'

/** Some of it as text and some as bytes. */
function piecesOf(row: string, n: number): RowPieces {
  const [quote, rest] = [row.slice(0, 1), row.slice(1)]
  return n % 2 === 0 ? [quote, Buffer.from(rest)] : [Buffer.from(quote), rest]
}

describe('RowLines', () => {
  it('gives back the rows between any two that were added, whatever stands in them', () => {
    const rows = fc.array(
      fc.array(
        fc.string({ unit: 'binary', maxLength: 40_000 }).map((text) => JSON.stringify(text)),
        { maxLength: 3 },
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(rows, fc.nat(7), fc.nat(7), (all, a, b) => {
        const lines = new RowLines(0)
        const spans = all.map((some) => lines.addAll(some.map(piecesOf)))
        const [first, last] = [Math.min(a, b) % all.length, Math.max(a, b) % all.length].sort((x, y) => x - y) as [number, number]
        const expected = all.slice(first, last + 1).flat()
        expect(lines.between(spans[first], spans[last]).toString()).toBe(expected.map((row) => `${row}\n`).join(''))
      }),
      { numRuns: 200 },
    )
  })

  it('is empty where nothing was added', () => {
    expect(new RowLines(0).between(undefined, undefined)).toHaveLength(0)
  })
})
