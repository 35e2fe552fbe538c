import { describe, expect, it } from 'vitest'
import { formatAgo, formatDuration, formatPosition } from './duration.ts'

describe('durations', () => {
  it.each([
    [0, '0 µs'],
    [87, '87 µs'],
    [1_200, '1.2 ms'],
    [46_210, '46.2 ms'],
    [999_940, '999.9 ms'],
    [999_960, '1 s'],
    [3_410_000, '3.41 s'],
    [59_999_000, '1 min 00 s'],
    [123_000_000, '2 min 03 s'],
    [3_840_000_000, '1 h 04 min'],
    [273_600_000_000, '3 d 4 h'],
  ])('write %d µs as %s', (micros, text) => {
    expect(formatDuration(micros)).toBe(text)
  })
  it('do not write what is no duration', () => {
    expect(formatDuration(Number.NaN)).toBe('unknown')
    expect(formatDuration(-1)).toBe('unknown')
  })
})

describe('positions in a recording', () => {
  it('show hours only when there are any', () => {
    expect(formatPosition(7_137.9)).toBe('00:07.137')
    expect(formatPosition(3_727_137)).toBe('1:02:07.137')
  })
})

describe('how long ago', () => {
  it('is coarse and knows the future', () => {
    expect(formatAgo(1_000_000, 1_240_000)).toBe('4 min ago')
    expect(formatAgo(1_000_000 + 7_200_000, 1_000_000)).toBe('in 2 h')
    expect(formatAgo(1_000_000, 1_000_900)).toBe('just now')
  })
})
