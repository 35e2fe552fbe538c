import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axisOf } from './axis.ts'

describe('the time axis of a chain', () => {
  it('keeps the order of moments and gives each step room, whatever lies between (500 cases)', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(moments, (all) => {
        const axis = axisOf(all, all, 100)
        const places = [...new Set(all)].toSorted((a, b) => a - b).map((us) => axis.x(us))
        for (const [index, x] of places.entries()) {
          const step = x - (places[index - 1] ?? x)
          expect(index === 0 || (step >= 26 && step <= 150)).toBe(true)
        }
        expect([places[0], places.at(-1)]).toEqual([100, axis.width])
      }),
      { numRuns: 500, seed: 3 },
    )
  })
})
