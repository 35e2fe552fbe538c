import { describe, expect, it } from 'vitest'
import type { Access } from './access.ts'
import { chainsOf } from './chain.ts'
import { linkHops } from './link.ts'
import { defaultLinkPolicy } from './policy.ts'
import { aRefusal, aSession } from './testing.ts'

const sql = aSession({
  id: 'sql',
  at: 0,
  seen: [
    ['answered', 'host', 'bastion.internal'],
    ['answered', 'credential', 'S3cret!pw'],
  ],
})
const ssh = aSession({
  id: 'ssh',
  at: 5,
  protocol: 'ssh',
  target: 'bastion',
  seen: [
    ['target', 'host', 'bastion.internal'],
    ['answered', 'host', 'billing.internal'],
  ],
})
const refused = aRefusal({ id: 7, at: 9, target: 'billing', seen: [['target', 'host', 'billing.internal']] })

describe('chainsOf', () => {
  it('gathers hops into one chain from its first access, across protocols and refusals', () => {
    const [chain, ...others] = chains([sql, ssh, refused])
    expect(others).toEqual([])
    expect(chain).toMatchObject({
      root: 'sql',
      protocols: ['postgres', 'ssh'],
      targets: ['orders', 'bastion', 'billing'],
      rootPrincipals: ['ana'],
      refused: 1,
      maxDepth: 2,
    })
    expect(chain?.accesses.map(({ access, depth }) => [access.id, depth])).toEqual([
      ['sql', 0],
      ['ssh', 1],
      ['boot.7', 2],
    ])
  })

  it('keeps its id while it grows', () => {
    expect(chains([sql, ssh]).map(({ id }) => id)).toEqual(chains([sql, ssh, refused]).map(({ id }) => id))
  })

  it('is titled by the hop that tells most, as what was seen where', () => {
    const uses = aRefusal({ id: 8, at: 9, target: 'billing', seen: [['presented', 'credential', 'S3cret!pw']] })
    expect(chains([sql, ssh])[0]?.title).toBe('ssh bastion used the host name bastion.internal seen in postgres orders')
    expect(chains([sql, uses])[0]?.title).toBe('a refused attempt at postgres billing used a credential seen in postgres orders')
  })

  it('strips controls that a recorded name carries from its title', () => {
    const hostile = aSession({ id: 'ssh', at: 5, target: 'x\u001b[2J\u202e', seen: [['target', 'host', 'bastion.internal']] })
    expect(chains([sql, hostile])[0]?.title).not.toMatch(/[\u001b\u202e]/)
  })

  it('makes no chain of an access that nothing leads to or from', () => {
    expect(chains([sql])).toEqual([])
  })
})

function chains(accesses: Access[]) {
  const { hops, uses } = linkHops({ accesses, runs: [], baselines: [] }, defaultLinkPolicy)
  return chainsOf(hops, new Map([...accesses, ...uses].map((access) => [access.id, access])))
}
