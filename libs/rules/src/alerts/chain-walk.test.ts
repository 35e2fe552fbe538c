import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccessFacts } from '../facts/facts.ts'
import { aChain, aHop, anAccess } from '../testing.ts'
import { ChainWalk } from './chain-walk.ts'

const aTree = fc.array(fc.record({ parent: fc.nat(), rows: fc.nat(9), score: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 2,
  maxLength: 20,
})

describe('a walk through a chain', () => {
  it('finds what led somewhere, what followed, and what that amounts to', () => {
    fc.assert(
      fc.property(aTree, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (nodes, picks) => {
        const parents = nodes.map(({ parent }, n) => (n === 0 ? -1 : parent % n))
        const accesses: AccessFacts[] = nodes.map(({ rows }, n) => anAccess({ id: `n${n}`, second: n, rows }))
        const hops = accesses.flatMap((to, n) => {
          const from = accesses[parents[n] ?? -1]
          return from ? [aHop(from, to, { score: nodes[n]?.score ?? 0 })] : []
        })
        const above = (n: number): number[] => (n <= 0 ? [] : [n, ...above(parents[n] ?? -1)])
        const chosen = [...new Set(picks.map((pick) => pick % nodes.length))]
        const ids = new Set(chosen.map((n) => `n${n}`))
        const path = [...new Set(chosen.flatMap(above))].sort((a, b) => a - b)
        const below = nodes.flatMap((_, n) =>
          chosen.includes(n) || above(n).some((m) => chosen.includes(m)) || chosen.includes(0) ? [n] : [],
        )
        const walk = new ChainWalk(aChain(accesses, hops))
        expect(walk.leadingTo(ids).map(({ to }) => to.id)).toEqual(path.map((n) => `n${n}`))
        expect(walk.from(ids).map(({ id }) => id)).toEqual(below.map((n) => `n${n}`))
        expect(walk.sumFrom(ids).rows).toBe(below.reduce((sum, n) => sum + (nodes[n]?.rows ?? 0), 0))
        const scores = path.map((n) => nodes[n]?.score ?? 0)
        expect(walk.weakestTo(ids)?.hop.score).toBe(scores.length === 0 ? undefined : Math.min(...scores))
      }),
      { numRuns: 300, seed: 2026 },
    )
  })
})
