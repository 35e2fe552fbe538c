import { describe, expect, it } from 'vitest'
import { scrollInto, visibleLanes } from './grid-window.ts'

describe('a grid', () => {
  it('draws what is in view and a margin, however much there is', () => {
    expect(visibleLanes(0, 1000, 168, 200)).toEqual({ first: 0, end: 10 })
    expect(visibleLanes(168 * 100, 1000, 168, 200)).toEqual({ first: 96, end: 110 })
  })
  it('draws nothing beyond its end', () => {
    expect(visibleLanes(1e9, 1000, 168, 8)).toEqual({ first: 8, end: 8 })
    expect(visibleLanes(0, 1000, 168, 0)).toEqual({ first: 0, end: 0 })
  })
  it('scrolls only to a lane that is out of view', () => {
    expect(scrollInto(0, 400, 26, 3)).toBe(0)
    expect(scrollInto(0, 400, 26, 150)).toBe(150 * 26 - 187)
  })
})
