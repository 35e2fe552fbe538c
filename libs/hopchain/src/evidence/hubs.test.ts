import { describe, expect, it } from 'vitest'
import type { Access } from '../access.ts'
import { aRefusal, arrows, aSession, link } from '../testing.ts'

const bastion = { protocol: 'ssh', target: 'bastion', address: '10.0.0.5:22' } as const
const others = (count: number, over: object = {}): Access[] =>
  Array.from({ length: count }, (_, n) =>
    aSession({ id: `other-${n}`, at: -60 + n, until: 90, run: `other-${n}`, rootPrincipal: `person-${n}`, ...bastion, ...over }),
  )
const fromBastion = { id: 'sql', at: 5, run: 'run-2', rootPrincipal: 'ben', origin: '10.0.0.5' }

describe('a host that many sessions lead to and from', () => {
  it('leads no stranger anywhere, though all came from its address', () => {
    expect(link([...others(4), aSession(fromBastion)])).toEqual([])
    expect(link([...others(3), aSession(fromBastion)])).toHaveLength(1)
  })

  it('leads who has a session there itself, and by that one alone', () => {
    const own = aSession({ id: 'own', at: 1, until: 90, run: 'run-2', rootPrincipal: 'ben', ...bastion })
    const [hop] = link([...others(20), own, aSession(fromBastion)])
    expect(hop).toMatchObject({ fromAccess: 'own', alternatives: [], evidence: [{ class: 'origin', score: 5000 }, {}, {}] })
  })

  it('does not link by a share of the weight that tells of nobody', () => {
    const pool = Array.from({ length: 30 }, (_, n) => aSession({ id: `a-${n}`, at: 0, until: 90, run: 'run-1', ...bastion }))
    expect(link([...pool, aSession({ ...fromBastion, run: 'run-2' })])).toEqual([])
  })

  it('does not chain runs that pass through a connection pool', () => {
    const pool = { protocol: 'postgres', target: 'pool', address: '10.0.0.9:6432' } as const
    const through = aSession({ id: 'db', at: 5, run: null, principal: null, rootPrincipal: null, origin: '10.0.0.9' })
    expect(link([...others(12, pool), through])).toEqual([])
  })

  it('is no news to a caller because another was answered its name', () => {
    const seen = (role: 'answered' | 'target') => [[role, 'host', 'bastion.internal'] as [typeof role, 'host', string]]
    const told = aSession({ id: 'told', at: 0, seen: seen('answered') })
    const goes = { id: 'goes', at: 9, run: 'run-2', rootPrincipal: 'ben', protocol: 'ssh', seen: seen('target') } as const
    expect(arrows(link([told, aSession({ ...goes })]))).toEqual(['told>goes target-flow'])
    expect(link([...others(4, { seen: seen('target') }), told, aSession({ ...goes })])).toEqual([])
  })

  it('is news to the caller that was answered its name, however many go there', () => {
    const seen = (role: 'answered' | 'target') => [[role, 'host', 'bastion.internal'] as [typeof role, 'host', string]]
    const told = aSession({ id: 'told', at: 0, seen: seen('answered') })
    const goes = aSession({ id: 'goes', at: 9, protocol: 'ssh', seen: seen('target') })
    expect(arrows(link([...others(9, { seen: seen('target') }), told, goes]))).toEqual(['told>goes target-flow'])
  })

  it('counts whoever went there in the last day, and no one after', () => {
    const target: ['target', 'host', string][] = [['target', 'host', 'bastion.internal']]
    const told = aSession({ id: 'told', at: 0, seen: [['answered', 'host', 'bastion.internal']] })
    const refused = aRefusal({ id: 7, at: 9, origin: '10.1.1.1', seen: target })
    const [before, after] = [others(9, { at: -25 * 60, seen: target }), others(9, { at: 10, seen: target })]
    const into = (hops: ReturnType<typeof link>) => hops.filter(({ toAccess }) => toAccess === 'boot.7')
    expect(arrows(into(link([...before, ...after, told, refused])))).toEqual(['told>boot.7 target-flow'])
  })

  it('lets a secret flow between strangers there all the same', () => {
    const reads = aSession({ id: 'reads', at: 0, seen: [['answered', 'credential', 'S3cret!pw']] })
    const uses = aSession({ ...fromBastion, seen: [['presented', 'credential', 'S3cret!pw']] })
    expect(arrows(link([...others(9), reads, uses]))).toEqual(['reads>sql credential-flow'])
  })
})
