import { describe, expect, it } from 'vitest'
import type { AlertFinding } from './alert.ts'
import { folded } from './fold.ts'

const aFinding = (second: number): AlertFinding => ({
  rule: { id: 'r', title: 'A rule', revision: 'x', tags: [] },
  ...{ severity: 'low', response: 'queue', anchor: `hop:${second}`, access: null, refs: [], sentence: '' },
  at: { session: 's', seq: second, tsUs: second * 1e6, ms: 0 },
})
const lengthsOf = (seconds: readonly number[]) => folded(seconds.map(aFinding)).map(({ length }) => length)

describe('findings', () => {
  it('of a minute are one alert, and each may draw it out', () => {
    expect(lengthsOf([0, 50, 100, 200])).toEqual([3, 1])
  })

  it('that go on and on become an alert anew every hour: nobody keeps one alive to hide in it', () => {
    const seconds = Array.from({ length: 200 }, (_, n) => n * 59)
    const groups = folded(seconds.map(aFinding))
    expect(groups.length).toBe(4)
    for (const group of groups) expect((group.at(-1)?.at.tsUs ?? 0) - (group[0]?.at.tsUs ?? 0)).toBeLessThanOrEqual(3_600_000_000)
  })
})
