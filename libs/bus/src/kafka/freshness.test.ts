import { describe, expect, it } from 'vitest'
import { Freshness } from './freshness.ts'

const ends = (high: number, low = 0) => [{ topic: 't', partition: 0, low, high }]

describe('Freshness', () => {
  it('is complete as of the asking once everything before that was handed over', () => {
    const freshness = new Freshness(() => undefined)
    freshness.probed(ends(2), 1_000)
    freshness.handed(0, 0)
    expect(freshness.ageMs(1_500)).toBe(Number.POSITIVE_INFINITY)
    freshness.handed(0, 1)
    expect(freshness.ageMs(1_500)).toBe(500)
  })

  it('keeps the older question while its answer is outstanding', () => {
    const freshness = new Freshness(() => undefined)
    freshness.probed(ends(1), 1_000)
    freshness.probed(ends(9), 2_000)
    freshness.handed(0, 0)
    expect(freshness.ageMs(2_500)).toBe(1_500)
  })

  it('grows old while nobody answers', () => {
    const freshness = new Freshness(() => undefined)
    freshness.probed(ends(0), 1_000)
    expect(freshness.ageMs(7_000)).toBe(6_000)
  })

  it('says once that it caught up', () => {
    let times = 0
    const freshness = new Freshness(() => {
      times += 1
    })
    freshness.probed(ends(0), 1_000)
    freshness.probed(ends(0), 2_000)
    expect(times).toBe(1)
  })

  it('takes an end for reached after several answers of nothing, and not while records may be on their way', () => {
    const freshness = new Freshness(() => undefined)
    freshness.probed(ends(3), 1_000)
    for (let i = 0; i < 2; i += 1) {
      freshness.answered()
      freshness.fetching()
    }
    freshness.answered()
    expect(freshness.ageMs(2_000)).toBe(Number.POSITIVE_INFINITY)
    freshness.handed(0, 1)
    for (let i = 0; i < 3; i += 1) {
      freshness.answered()
      freshness.fetching()
    }
    expect(freshness.ageMs(2_000)).toBe(1_000)
    expect(freshness.next(0)).toBe(3)
  })
})
