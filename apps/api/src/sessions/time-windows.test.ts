import { describe, expect, it } from 'vitest'
import { nextLookUs, windowsBack } from './time-windows.ts'

const HOUR_US = 3_600_000_000

describe('the windows of a range', () => {
  it('cover it whole, latest first, without a gap or an overlap', () => {
    const range = { fromUs: 5, toUs: 5 + 90 * 24 * HOUR_US }
    const windows = windowsBack(range)
    expect(windows[0]).toEqual({ fromUs: range.toUs - HOUR_US, toUs: range.toUs })
    expect(windows.at(-1)?.fromUs).toBe(5)
    for (const [i, { fromUs }] of windows.entries()) expect(windows[i + 1]?.toUs ?? fromUs).toBe(fromUs)
  })

  it('are one when the range is short, and none when it is empty', () => {
    expect(windowsBack({ fromUs: 1, toUs: HOUR_US })).toEqual([{ fromUs: 1, toUs: HOUR_US }])
    expect(windowsBack({ fromUs: 7, toUs: 7 })).toEqual([])
  })
})

describe('the next look back in time', () => {
  it('is far enough for what is missing, by how much was found so far', () => {
    expect(nextLookUs(100, { lookedUs: 0, found: 0, wanted: 50 })).toBe(100)
    expect(nextLookUs(100, { lookedUs: 100, found: 1, wanted: 50 })).toBe(9800)
    expect(nextLookUs(100, { lookedUs: 100, found: 49, wanted: 50 })).toBe(400)
  })

  it('leaves nothing out once the first found nothing', () => {
    expect(nextLookUs(100, { lookedUs: 100, found: 0, wanted: 50 })).toBe(Number.MAX_SAFE_INTEGER)
  })
})
