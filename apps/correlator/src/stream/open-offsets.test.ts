import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OpenOffsets } from './open-offsets.ts'

describe('the first offset that is still worked on', () => {
  it('is the least that was not closed, in whatever order they are', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 50 })
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (holes, picks) => {
        const offsets = new OpenOffsets()
        const open = new Set<number>()
        let next = 0
        for (const hole of holes) {
          next += hole
          offsets.opened(next)
          open.add(next)
        }
        while (open.size > 0) {
          expect(offsets.firstOpen).toBe(Math.min(...open))
          const picked = [...open][picks.next().value % open.size] ?? 0
          offsets.closed(picked)
          open.delete(picked)
        }
        if (holes.length > 0) expect(offsets.firstOpen).toBe(next + 1)
      }),
    )
  })

  it('does not go back when messages come again', () => {
    const offsets = new OpenOffsets()
    for (const offset of [0, 1, 2]) offsets.opened(offset)
    for (const offset of [0, 1]) offsets.closed(offset)
    for (const offset of [0, 1, 2]) offsets.opened(offset)
    offsets.closed(0)
    expect(offsets.firstOpen).toBe(2)
  })

  it('forgets what is behind it', () => {
    const offsets = new OpenOffsets()
    for (let offset = 0; offset < 20_000; offset++) {
      offsets.opened(offset)
      offsets.closed(offset)
    }
    expect(offsets.firstOpen).toBe(20_000)
  })
})
