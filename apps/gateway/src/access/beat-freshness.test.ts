import type { RunsBeat } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { BeatFreshness } from './beat-freshness.ts'

const FIRST_BOOT = '019aa0c0-0000-7000-8000-0000000000b1'
const SECOND_BOOT = '019aa0c0-0000-7000-8000-0000000000b2'

function aBeat(over: Partial<RunsBeat> = {}): RunsBeat {
  const operatorHash = '0'.repeat(64)
  return { v: 1, kind: 'beat', tenant: 'default', gatewayId: 'gw-1', bootId: FIRST_BOOT, epoch: 1, seq: 0, operatorHash, ...over }
}

/** A reader whose clock tests move, and which has read all that there is unless they say otherwise. */
function aReader() {
  const at = { nowMs: 77_000, viewAgeMs: 0 }
  const freshness = new BeatFreshness(
    () => at.nowMs,
    () => at.viewAgeMs,
  )
  const beat = (over: Partial<RunsBeat> = {}) => freshness.take(aBeat(over), true)
  return { freshness, beat, at }
}

describe('what a reader knows of runs', () => {
  it('is stale until a beat has come, fresh for 5 s from then, and stale again', () => {
    const { freshness, at, beat } = aReader()
    expect(freshness.isFresh).toBe(false)
    beat()
    at.nowMs += 4999
    expect(freshness.isFresh).toBe(true)
    at.nowMs += 1
    expect(freshness.isFresh).toBe(false)
  })

  it('stays stale for beats that stood in the topic before it looked: their writer may be dead', () => {
    const { freshness } = aReader()
    freshness.take(aBeat(), false)
    expect(freshness.isFresh).toBe(false)
    expect(freshness.beat?.epoch).toBe(1)
  })

  it('is stale while more may stand behind the beat: a backlog is read one by one', () => {
    const { freshness, at, beat } = aReader()
    at.viewAgeMs = 60_000
    beat()
    expect(freshness.isFresh).toBe(false)
    at.viewAgeMs = 200
    expect(freshness.isFresh).toBe(true)
  })

  it('is not refreshed by a beat that comes again, or after its successors', () => {
    const { freshness, at, beat } = aReader()
    beat({ seq: 1 })
    at.nowMs += 4000
    beat({ seq: 1 })
    beat({ seq: 0 })
    at.nowMs += 1000
    expect(freshness.isFresh).toBe(false)
  })

  it.each([
    ['of a lower epoch', { epoch: 1, bootId: SECOND_BOOT }, { epoch: 2, bootId: FIRST_BOOT }],
    ['of the same epoch and an earlier boot', { epoch: 2, bootId: FIRST_BOOT }, { epoch: 2, bootId: SECOND_BOOT }],
  ])('comes from the later of two writers: a beat %s does not count', (_, older, newer) => {
    const { freshness, at, beat } = aReader()
    beat(newer)
    at.nowMs += 4000
    beat({ ...older, seq: 9 })
    at.nowMs += 1000
    expect(freshness.isFresh).toBe(false)
    expect(freshness.beat).toMatchObject(newer)
  })
})
