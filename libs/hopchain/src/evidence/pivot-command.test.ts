import { describe, expect, it } from 'vitest'
import { aRefusal, arrows, aSession, link } from '../testing.ts'

const bastion = { protocol: 'ssh', target: 'bastion', address: '10.0.0.5:22' } as const
const namesDb = aSession({ id: 'ssh', at: 0, until: 60, ...bastion, seen: [['named', 'host', 'db2.internal', 5]] })
const opensDb = { id: 'sql', at: 6, target: 'db2', seen: [['target', 'host', 'db2.internal']] as ['target', 'host', string][] }

describe('pivot command', () => {
  it('links an access to the command that named its target just before', () => {
    const [hop] = link([namesDb, aSession(opensDb)])
    expect(arrows(hop ? [hop] : [])).toEqual(['ssh>sql pivot-command'])
    expect(hop?.from).toMatchObject({ session: 'ssh', seq: 1, ms: 5 * 60_000, at: '/text' })
    expect(hop?.evidence[0]).toMatchObject({
      score: 4000,
      observable: { value: 'db2.internal' },
      basis: { tool: 'ssh', relation: 'connect' },
    })
  })

  it('links a refused attempt at what the command named', () => {
    const refused = aRefusal({ id: 7, at: 6, run: 'run-1', seen: [['asked', 'host', 'db2.internal']] })
    expect(arrows(link([namesDb, refused]))).toEqual(['ssh>boot.7 pivot-command'])
  })

  it('takes the nearest command of several', () => {
    const older = aSession({ id: 'older', at: -9, until: 60, ...bastion, seen: [['named', 'host', 'db2.internal', 4]] })
    expect(arrows(link([older, namesDb, aSession(opensDb)]))).toEqual(['ssh>sql pivot-command'])
  })

  it('does not link what was open already, or began too long after', () => {
    expect(link([namesDb, aSession({ ...opensDb, at: 4 })])).toEqual([])
    expect(link([namesDb, aSession({ ...opensDb, at: 16 })])).toEqual([])
  })

  it('does not link a session to itself', () => {
    const itself = aSession({
      ...bastion,
      id: 'ssh',
      at: 0,
      seen: [
        ['named', 'host', 'bastion.internal', 1],
        ['target', 'host', 'bastion.internal', 2],
      ],
    })
    expect(link([itself])).toEqual([])
  })

  it('does not link what another caller reaches, though a command of the first named it', () => {
    expect(link([namesDb, aSession({ ...opensDb, run: 'run-2', rootPrincipal: 'ben' })])).toEqual([])
  })

  it('links another caller that came from where the command was given, more than what is only open there', () => {
    const open = aSession({ id: 'idle', at: 1, until: 60, ...bastion, run: 'run-3' })
    const [hop] = link([namesDb, open, aSession({ ...opensDb, run: 'run-2', rootPrincipal: 'ben', origin: '10.0.0.5' })])
    expect(hop).toMatchObject({ fromAccess: 'ssh', alternatives: [{ fromAccess: 'idle' }] })
    expect(hop?.evidence.map((each) => each.class)).toEqual(['pivot-command', 'origin', 'timing'])
  })

  it('links a run that the one which named the target has started', () => {
    const child = aSession({ ...opensDb, run: 'run-2', lineage: ['run-1'] })
    expect(link([namesDb, child])[0]?.evidence.map((each) => each.class)).toContain('pivot-command')
  })

  it('is silent about loopback and about what many callers are answered', () => {
    const loops = aSession({ id: 'ssh', at: 0, seen: [['named', 'address', '127.0.0.1', 5]] })
    expect(link([loops, aSession({ id: 'sql', at: 6, seen: [['target', 'address', '127.0.0.1']] })])).toEqual([])
    const told = Array.from({ length: 4 }, (_, n) =>
      aSession({ id: `other-${n}`, at: 0, run: `other-${n}`, seen: [['answered', 'host', 'db2.internal']] }),
    )
    expect(link([...told, namesDb, aSession(opensDb)], { policy: { maxCallersOfValue: 3 } })).toEqual([])
  })

  it('adds to a value that the session was answered before it named it', () => {
    const reads = aSession({
      id: 'ssh',
      at: 0,
      until: 60,
      ...bastion,
      seen: [
        ['answered', 'host', 'db2.internal', 3],
        ['named', 'host', 'db2.internal', 5],
      ],
    })
    const [hop] = link([reads, aSession(opensDb)])
    expect(hop?.evidence.map((each) => each.class)).toEqual(['target-flow', 'pivot-command', 'timing', 'same-root'])
  })

  it('links a pod that a command entered', () => {
    const enters = aSession({ id: 'ssh', at: 0, until: 60, ...bastion, seen: [['named', 'pod', 'shop/web-1', 5]] })
    const api = aSession({ id: 'api', at: 6, protocol: 'kubernetes', target: 'prod', seen: [['target', 'pod', 'shop/web-1', 7]] })
    expect(arrows(link([enters, api]))).toEqual(['ssh>api pivot-command'])
  })
})
