import { describe, expect, it } from 'vitest'
import type { ChainFacts } from '../facts/facts.ts'
import { aChain, aHop, anAccess, aTargetHop } from '../testing.ts'
import { recordsOfChain } from './chain-records.ts'
import { MAX_LISTED } from './chain-summary.ts'

const db = anAccess({ id: 'a', acts: ['write'], writes: 1 })
const bastion = anAccess({ id: 'b', second: 60, protocol: 'ssh', target: 'bastion', isFirstSeen: true, run: 'r2', principal: 'agent-2' })
const cluster = anAccess({ id: 'c', second: 120, protocol: 'kubernetes', target: 'prod', acts: ['secret-read'], bytes: 7000, rows: 0 })
const other = anAccess({ id: 'd', second: 90, protocol: 'http', target: 'wiki', kind: 'refused', denyReason: 'not-granted', rows: 0 })
const chain = aChain(
  [db, bastion, cluster, other],
  [aTargetHop(db, bastion), aHop(bastion, cluster, { isAccountSwitch: true, isNewAccess: true, score: 2500 }), aTargetHop(db, other)],
)
const fieldsOf = (given: ChainFacts) => recordsOfChain(given).map(({ fields }) => fields)

describe('the records of a chain', () => {
  it('are its hops as they came to be, then the chain', () => {
    expect(recordsOfChain(chain).map(({ ref, source }) => [ref, source.category])).toEqual([
      ['hop:a-b', 'hop'],
      ['hop:a-d', 'hop'],
      ['hop:b-c', 'hop'],
      [`chain:${chain.id}`, 'hop_chain'],
    ])
  })

  it('of a hop hold both its ends, its way, and what it crossed', () => {
    expect(fieldsOf(chain)[2]).toMatchObject({
      id: 'b-c',
      from: { protocol: 'ssh', target: 'bastion' },
      to: { protocol: 'kubernetes', acts: ['secret-read'] },
      depth: 2,
      protocolPath: 'postgres>ssh>kubernetes',
      chain: { id: chain.id, depth: 2, protocolPath: 'postgres>ssh>kubernetes' },
      boundaries: ['account-switch'],
      pathBoundaries: ['first-seen', 'account-switch'],
      isSameRun: false,
      isSamePrincipal: false,
    })
  })

  it('of a hop know nothing of what came later', () => {
    expect(fieldsOf(chain)[0]).toMatchObject({ chain: { depth: 1, protocolPath: 'postgres>ssh' } })
  })

  it('of a chain sum it up', () => {
    expect(fieldsOf(chain).at(-1)).toMatchObject({
      depth: 2,
      protocolPath: 'postgres>ssh>kubernetes',
      protocols: ['postgres', 'ssh', 'http', 'kubernetes'],
      targets: ['shop-db', 'bastion', 'wiki', 'prod'],
      firstSeenTargets: ['bastion'],
      principals: ['agent-1', 'agent-2'],
      acts: ['write', 'secret-read'],
      lastActs: ['secret-read'],
      writes: 1,
      egressBytes: 7000,
      refused: 1,
      unseen: 0,
      accesses: 4,
      hops: 3,
      accountSwitches: 1,
      weakestScore: 2500,
      refusedThenReached: false,
      boundaries: ['first-seen', 'refused', 'account-switch'],
    })
  })

  it('leave out hops whose ends are not there', () => {
    expect(recordsOfChain({ ...chain, accesses: chain.accesses.filter(({ id }) => id !== 'c') })).toHaveLength(3)
    expect(recordsOfChain({ ...chain, accesses: [] })).toEqual([])
  })

  it('stay bounded, and take time that grows with the chain alone', () => {
    const hosts = Array.from({ length: 20_000 }, (_, n) => anAccess({ id: `h${n}`, second: 60 + n, target: `host-${n}`, depth: n + 1 }))
    const hops = hosts.map((host, n) => aTargetHop(hosts[n - 1] ?? db, host))
    const long = { ...chain, accesses: [db, ...hosts], hops }
    const whole = fieldsOf(long).at(-1)
    expect(whole).toMatchObject({ depth: 20_000, targetCount: 20_001, hops: 20_000 })
    expect(whole?.targets).toHaveLength(MAX_LISTED)
    expect(JSON.stringify(whole).length).toBeLessThan(50_000)
  })
})
