import { describe, expect, it } from 'vitest'
import { PlayerClock } from './player-clock.ts'

const points = [
  { ms: 1000, playerSeconds: 1 },
  { ms: 61_000, playerSeconds: 3 },
  { ms: 62_000, playerSeconds: 4 },
]

describe("the player's clock", () => {
  it('is the session’s own in real time', () => {
    const clock = new PlayerClock(points, false)
    expect([clock.toPlayer(61_500), clock.toSession(61.5)]).toEqual([61.5, 61_500])
  })
  it('meets the session’s at every command when pauses are shortened', () => {
    const clock = new PlayerClock(points, true)
    for (const { ms, playerSeconds } of points) expect([clock.toPlayer(ms), clock.toSession(playerSeconds)]).toEqual([playerSeconds, ms])
  })
  it('never runs past the next command inside a pause that was cut', () => {
    expect(new PlayerClock(points, true).toPlayer(30_000)).toBe(3)
  })
  it('goes on after the last command', () => {
    expect(new PlayerClock(points, true).toPlayer(62_500)).toBe(4.5)
  })
  it('works without any command', () => {
    expect(new PlayerClock([], true).toPlayer(1500)).toBe(1.5)
  })
})
