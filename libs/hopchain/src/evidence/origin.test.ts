import { describe, expect, it } from 'vitest'
import { arrows, aSession, link } from '../testing.ts'

const bastion = { protocol: 'ssh', target: 'bastion', address: '10.0.0.5:22' } as const
const fromBastion = { id: 'sql', at: 5, run: 'run-2', rootPrincipal: 'ben', origin: '10.0.0.5' }

describe('origin', () => {
  it('links an access that came from the target of a session that was open', () => {
    expect(arrows(link([aSession({ id: 'ssh', at: 0, until: 9, ...bastion }), aSession(fromBastion)]))).toEqual(['ssh>sql origin'])
  })

  it('does not link to a session that had ended', () => {
    expect(link([aSession({ id: 'ssh', at: 0, until: 4, ...bastion }), aSession(fromBastion)])).toEqual([])
  })

  it('shares the weight between the sessions that were open there', () => {
    const open = ['a', 'b'].map((id) => aSession({ id, at: 0, until: 9, ...bastion }))
    const [hop] = link([...open, aSession(fromBastion)])
    expect(hop?.evidence[0]).toMatchObject({ class: 'origin', score: 2500, basis: { openThere: 2 } })
    expect(hop?.alternatives).toHaveLength(1)
  })

  it('says nothing of loopback, translated or gateway addresses', () => {
    const local = aSession({ id: 'ssh', at: 0, until: 9, ...bastion, address: '127.0.0.5:22' })
    expect(link([local, aSession({ ...fromBastion, origin: '127.0.0.5' })])).toEqual([])
    const ssh = aSession({ id: 'ssh', at: 0, until: 9, ...bastion })
    expect(link([ssh, aSession(fromBastion)], { policy: { sharedOrigins: ['10.0.0.5'] } })).toEqual([])
  })
})
