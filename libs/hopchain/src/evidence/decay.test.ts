import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLinkPolicy } from '../policy.ts'
import { aSession, link } from '../testing.ts'
import { decayed } from './decay.ts'

const HOUR_US = 3_600_000_000

describe('decay', () => {
  it('halves each half-life, on the straight line between', () => {
    expect([0, 0.5, 1, 1.5, 2, 3].map((hours) => decayed(2000, hours * HOUR_US, HOUR_US))).toEqual([2000, 1500, 1000, 750, 500, 250])
  })

  it('gives integers that only fall with age, down to nothing', () => {
    fc.assert(
      fc.property(fc.nat(6000), fc.nat(50 * HOUR_US), fc.nat(50 * HOUR_US), (score, a, b) => {
        const [younger, older] = [decayed(score, Math.min(a, b), HOUR_US), decayed(score, Math.max(a, b), HOUR_US)]
        expect(Number.isInteger(younger)).toBe(true)
        expect(older).toBeLessThanOrEqual(younger)
        expect(older).toBeGreaterThanOrEqual(0)
      }),
    )
    expect(decayed(6000, Number.MAX_SAFE_INTEGER, HOUR_US)).toBe(0)
  })

  it('weakens context with its age, and no other class', () => {
    const secret = (role: 'answered' | 'presented') => [[role, 'credential', 'S3cret!pw'] as [typeof role, 'credential', string]]
    const reads = aSession({ id: 'a', at: 0, until: 1, seen: secret('answered') })
    const scores = (at: number) =>
      link([reads, aSession({ id: 'b', at, seen: secret('presented') })])[0]?.evidence.map((each) => [each.class, each.score])
    expect(scores(1)).toEqual([
      ['credential-flow', 6000],
      ['timing', 992],
      ['same-root', 500],
    ])
    expect(scores(121)).toEqual([
      ['credential-flow', 6000],
      ['same-root', 125],
    ])
    expect(defaultLinkPolicy.weights).toMatchObject({ sameRoot: 500, timing: 1000 })
  })
})
