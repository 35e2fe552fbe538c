import { describe, expect, it } from 'vitest'
import { PlayerClock } from './player-clock.ts'

// A minute's pause after the first second, and ten seconds' after the third, each shortened to two seconds.
const clock = new PlayerClock([
  [1000, 1],
  [61_000, 3],
  [63_000, 5],
  [73_000, 7],
])

describe("the player's clock", () => {
  it('is the session’s own in real time', () => {
    const real = new PlayerClock([])
    expect([real.toPlayer(61_500), real.toSession(61.5)]).toEqual([61.5, 61_500])
  })

  it.each([
    ['before the first pause', 500, 0.5],
    ['where a pause begins', 1000, 1],
    ['in the middle of a pause', 31_000, 2],
    ['where a pause ends', 61_000, 3],
    ['between two pauses, where no command is', 62_250, 4.25],
    ['after the last pause', 74_500, 8.5],
  ])('goes to the exact moment %s, and back', (_, ms, seconds) => {
    expect(clock.toPlayer(ms)).toBeCloseTo(seconds, 9)
    expect(clock.toSession(seconds)).toBeCloseTo(ms, 6)
  })

  it('goes on from a pause at the very start', () => {
    const late = new PlayerClock([
      [0, 0],
      [9000, 1],
    ])
    expect([late.toPlayer(0), late.toPlayer(4500), late.toSession(1.5)]).toEqual([0, 0.5, 9500])
  })
})
