import { describe, expect, it } from 'vitest'
import { timeScale } from './time-scale.ts'

describe('a time axis', () => {
  it('is linear where things overlap or follow closely', () => {
    const { x, pieces } = timeScale(
      [
        { from: 0, to: 6000 },
        { from: 5000, to: 10_000 },
      ],
      1000,
    )
    expect(pieces).toHaveLength(1)
    expect([x(0), x(5000), x(10_000)]).toEqual([0, 500, 1000])
  })
  it('draws a long idle stretch short and says so', () => {
    const { pieces } = timeScale(
      [
        { from: 0, to: 1000 },
        { from: 3_600_000, to: 3_601_000 },
      ],
      1044,
    )
    expect(pieces.map(({ isIdle, width }) => [isIdle, width])).toEqual([
      [false, 500],
      [true, 44],
      [false, 500],
    ])
  })
  it('leads from a place on it back to its moment', () => {
    const { x, at } = timeScale(
      [
        { from: 0, to: 1000 },
        { from: 3_600_000, to: 3_601_000 },
      ],
      1044,
    )
    for (const ms of [0, 400, 1000, 1_800_000, 3_600_500, 3_601_000]) expect(at(x(ms))).toBeCloseTo(ms, 3)
    expect([at(-5), at(9999)]).toEqual([0, 3_601_000])
  })
  it('keeps order: later is never left of earlier', () => {
    const { x } = timeScale(
      [
        { from: 0, to: 10 },
        { from: 50_000, to: 50_010 },
        { from: 90_000, to: 90_000 },
      ],
      700,
    )
    const xs = [0, 10, 20_000, 50_000, 50_010, 70_000, 90_000].map(x)
    expect(xs).toEqual([...xs].sort((a, b) => a - b))
  })
  it('does not divide by an instant', () => {
    expect(timeScale([{ from: 5, to: 5 }], 700).x(5)).toBe(0)
  })
})
