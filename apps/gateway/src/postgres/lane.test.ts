import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Lane } from './lane.ts'

const MANY = 256 * 1024

describe('a lane', () => {
  it('reads no more while too much is unanswered, until half of it is', () => {
    const from = new Socket()
    const lane = new Lane(from, new Socket())
    lane.crowd(MANY)
    expect(from.isPaused()).toBe(false)
    lane.crowd(MANY + 1)
    lane.crowd(MANY / 2 + 1)
    expect(from.isPaused()).toBe(true)
    lane.crowd(MANY / 2)
    expect(from.isPaused()).toBe(false)
  })

  it('that is full as well as crowded reads again when it is neither', () => {
    const from = new Socket()
    const lane = new Lane(from, new Socket().destroy())
    const chunk = Buffer.alloc(2 * 1024 * 1024)
    lane.hold(chunk.length)
    lane.crowd(MANY + 1)
    lane.crowd(0)
    expect(from.isPaused()).toBe(true)
    lane.crowd(MANY + 1)
    lane.send(chunk)
    expect(from.isPaused()).toBe(true)
    lane.crowd(0)
    expect(from.isPaused()).toBe(false)
  })
})
