import { describe, expect, it } from 'vitest'
import type { Access } from '../access.ts'
import { describeEvidence } from '../describe.ts'
import { aSession, link } from '../testing.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const api = { protocol: 'http', target: 'api' } as const
const answers = aSession({
  id: 'api',
  at: 0,
  until: 1,
  ...api,
  seen: [
    ['asked', 'trace', TRACE],
    ['answered', 'host', 'db.internal'],
  ],
})
const carries = { id: 'db', at: 5, seen: [['target', 'host', 'db.internal'] as const, ['asked', 'trace', TRACE, 6] as const] as never }

describe('trace id', () => {
  it('adds to what links two requests that carry it', () => {
    const [hop] = link([answers, aSession(carries)])
    const found = hop?.evidence.find((each) => each.class === 'trace-id')
    expect(found).toMatchObject({
      isLink: false,
      from: { session: 'api', seq: 1 },
      to: { session: 'db', seq: 2 },
      observable: { value: TRACE },
    })
  })

  it('counts once with the other weak classes, as the strongest of them', () => {
    const withTrace = link([answers, aSession(carries)])[0]?.score ?? 0
    const without = link([answers, aSession({ ...carries, seen: [['target', 'host', 'db.internal']] })])[0]
    const [weak, target] = [without?.evidence.find((each) => each.class === 'same-root'), 5000]
    expect(without?.score).toBe(target + (weak?.score ?? 0))
    expect(withTrace).toBeGreaterThan(without?.score ?? 0)
    expect(withTrace).toBeLessThanOrEqual(target + 2000)
  })

  it('does not link by itself', () => {
    const only = (id: string, at: number) => aSession({ id, at, ...api, seen: [['asked', 'trace', TRACE]] })
    expect(link([only('a', 0), only('b', 5)])).toEqual([])
  })

  it('says nothing where the later one carried it first', () => {
    const late = aSession({
      id: 'api',
      at: 0,
      ...api,
      seen: [
        ['answered', 'host', 'db.internal'],
        ['asked', 'trace', TRACE, 9],
      ],
    })
    expect(classes([late, aSession(carries)])).not.toContain('trace-id')
  })

  it('is that of the request itself where a session was open before', () => {
    const open = aSession({
      id: 'open',
      at: -9,
      until: 20,
      ...api,
      target: 'other',
      seen: [
        ['target', 'host', 'db.internal', 5],
        ['asked', 'trace', TRACE, 5],
        ['asked', 'trace', 'another', 7],
      ],
    })
    const oneRequest: Access = { ...open, sightings: open.sightings.map((each) => (each.seq < 3 ? { ...each, seq: 1 } : each)) }
    const [hop] = link([answers, oneRequest])
    expect(hop).toMatchObject({ toAccess: 'open.1' })
    expect(hop?.evidence.map((each) => each.class)).toContain('trace-id')
  })
})

describe('a claim of delegation', () => {
  const claims = aSession({ ...carries, run: 'run-2', rootPrincipal: 'ben' })

  it('is a trace id of another tree of runs, and is scored apart from a verified one', () => {
    const [hop] = link([answers, claims])
    expect(hop?.evidence.map((each) => [each.class, each.score, each.isLink])).toEqual([
      ['target-flow', 5000, true],
      ['delegation', 2000, false],
    ])
    const claim = hop?.evidence[1]
    expect(claim?.basis).toEqual({ claimed: 'trace', parentRun: 'run-1', childRun: 'run-2' })
    expect(claim && describeEvidence(claim, answers, claims)).toBe(
      'postgres orders carries the trace id of http api, whose run did not start its own',
    )
  })

  it('does not link by itself', () => {
    const only = (id: string, at: number, run: string) => aSession({ id, at, ...api, run, seen: [['asked', 'trace', TRACE]] })
    expect(link([only('a', 0, 'run-1'), only('b', 5, 'run-2')])).toEqual([])
  })

  it('is not made of a run that the gateway saw minted', () => {
    const child = aSession({ ...carries, run: 'run-2', lineage: ['run-1'] })
    const [hop] = link([answers, child])
    expect(hop?.evidence.find((each) => each.class === 'delegation')).toMatchObject({ score: 5000, isLink: true })
    expect(hop?.evidence.map((each) => each.class)).toContain('trace-id')
  })
})

function classes(accesses: Access[]) {
  return link(accesses).flatMap(({ evidence }) => evidence.map((each) => each.class))
}
