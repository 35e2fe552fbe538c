import { describe, expect, it } from 'vitest'
import { aRefusal, aRun, arrows, aSession, DAY, link } from '../testing.ts'

const answersHost = aSession({ id: 'sql', at: 0, seen: [['answered', 'host', 'bastion.internal']] })
const opensHost = aSession({ id: 'ssh', at: 5, protocol: 'ssh', target: 'bastion', seen: [['target', 'host', 'bastion.internal']] })

describe('target flow', () => {
  it('links an SSH session to the database answer that named its host', () => {
    expect(arrows(link([answersHost, opensHost]))).toEqual(['sql>ssh target-flow'])
  })

  it('points at the answer and at the access, to replay both', () => {
    const [hop] = link([answersHost, opensHost])
    expect(hop?.from).toMatchObject({ session: 'sql', seq: 1, ms: 0, at: '/text', offset: 0 })
    expect(hop?.to).toMatchObject({ session: 'ssh', seq: 0, ms: 0 })
  })

  it('links a refused attempt to the answer that named what it asked for', () => {
    const refused = aRefusal({ id: 7, at: 5, run: 'run-1', seen: [['asked', 'host', 'bastion.internal']] })
    expect(arrows(link([answersHost, refused]))).toEqual(['sql>boot.7 target-flow'])
  })

  it('weighs a target by its rarity, up to the cap', () => {
    const score = (callersOfValue: number) =>
      link([answersHost, opensHost], {
        baselines: [{ day: DAY - 1, callers: 50, callersOfValue: new Map([['host:bastion.internal', callersOfValue]]) }],
      })[0]?.evidence.find((evidence) => evidence.class === 'target-flow')?.score
    expect([score(0), score(1), score(9)]).toEqual([5000, Math.round(1000 * Math.log(200 / 2)), Math.round(1000 * Math.log(200 / 10))])
  })

  it('does not link by a target that many callers are answered', () => {
    const common = { day: DAY - 1, callers: 60, callersOfValue: new Map([['host:bastion.internal', 40]]) }
    expect(link([answersHost, opensHost], { baselines: [common] })).toEqual([])
  })

  it('does not link by loopback', () => {
    const answers = aSession({ id: 'sql', at: 0, seen: [['answered', 'address', '127.0.0.1']] })
    expect(link([answers, aSession({ id: 'ssh', at: 5, seen: [['target', 'address', '127.0.0.1']] })])).toEqual([])
  })
})

describe('credential flow', () => {
  const answersSecret = aSession({ id: 'sql', at: 0, seen: [['answered', 'credential', 'S3cret!pw']] })

  it('links a login that presents a secret seen in an answer, though it was refused and its caller is unknown', () => {
    const refused = aRefusal({ id: 7, at: 5, seen: [['presented', 'credential', 'S3cret!pw']] })
    expect(arrows(link([answersSecret, refused]))).toEqual(['sql>boot.7 credential-flow'])
  })

  it('links a session that names the secret in a command', () => {
    const names = aSession({ id: 'ssh', at: 5, seen: [['presented', 'credential', 'S3cret!pw', 9]] })
    const [hop] = link([answersSecret, names])
    expect(hop?.to).toMatchObject({ session: 'ssh', seq: 1, ms: 4 * 60_000 })
  })

  it('links across principals: one reads the secret, another uses it', () => {
    const other = aSession({
      id: 'b',
      at: 5,
      run: 'run-2',
      principal: 'other',
      rootPrincipal: 'ben',
      seen: [['presented', 'credential', 'S3cret!pw']],
    })
    expect(arrows(link([answersSecret, other]))).toEqual(['sql>b credential-flow'])
  })

  it('makes a node of a secret named in a session that was open before the answer', () => {
    const open = aSession({ id: 'shell', at: -30, seen: [['presented', 'credential', 'S3cret!pw', 5]] })
    expect(arrows(link([answersSecret, open]))).toEqual(['sql>shell.1 credential-flow'])
  })

  it('does not take a run token that its own shell printed for a secret found', () => {
    const token: ['presented', 'credential', string] = ['presented', 'credential', 'hop_token1']
    const first = aSession({ id: 'a', at: 0, seen: [token, ['answered', 'credential', 'hop_token1', 2]] })
    expect(link([first, aSession({ id: 'b', at: 5, seen: [token] })])).toEqual([])
  })

  it('links a run token that another caller found in an answer', () => {
    const token: ['presented', 'credential', string] = ['presented', 'credential', 'hop_token1']
    const reads = aSession({ id: 'a', at: 0, run: 'run-2', seen: [['answered', 'credential', 'hop_token1', 2]] })
    const thief = aRefusal({ id: 9, at: 5, origin: '10.0.0.9', seen: [token] })
    expect(arrows(link([reads, thief]))).toEqual(['a>boot.9 credential-flow'])
  })
})

describe('a run token in use that another caller is answered', () => {
  const token: ['presented', 'credential', string] = ['presented', 'credential', 'hop_token1']
  const owner = aSession({ id: 'owner', at: -5, run: 'run-2', origin: '10.0.0.2', seen: [token] })
  const thief = aSession({ id: 'thief', at: 0, origin: '10.0.0.1', seen: [['answered', 'credential', 'hop_token1', 2]] })
  const uses = (origin: string | null, run = 'run-2') => aSession({ id: 'uses', at: 5, run, origin, seen: [token] })

  it('links where it comes from an address from which its owner did not present it', () => {
    expect(arrows(link([owner, thief, uses('10.0.0.1')]))).toEqual(['thief>uses credential-flow'])
  })

  it('gives way, once it was used from there, to what that access read', () => {
    const reads = { ...uses('10.0.0.1'), sightings: [...uses('10.0.0.1').sightings, ...aSession({ ...wanted(7), id: 'uses' }).sightings] }
    const answers = reads.sightings.map((each) => (each.role === 'target' ? { ...each, role: 'answered' as const, seq: 9 } : each))
    const next = aSession({ ...wanted(9), id: 'next', run: 'run-2', origin: '10.0.0.1', seen: [...wanted(9).seen, token] })
    const again = { ...uses('10.0.0.1'), id: 'again', start: { ...next.start, stream: 'again' } }
    const hops = link([owner, thief, { ...reads, sightings: answers }, next])
    expect(arrows(hops)).toEqual(['thief>uses credential-flow', 'uses>next target-flow'])
    expect(link([owner, thief, uses('10.0.0.1'), again]).map(({ evidence }) => evidence[0]?.score)).toEqual([6000, 3000])
  })

  it('is silent where it comes from the address of its owner, or from nobody knows where', () => {
    expect(link([owner, thief, uses('10.0.0.2')])).toEqual([])
    expect(link([owner, thief, uses(null)])).toEqual([])
    expect(link([{ ...owner, origin: null }, thief, uses('10.0.0.1')])).toEqual([])
  })

  it('is silent where the task of its owner gave it, or where its own tree was answered it', () => {
    const given = aRun('run-2', -9, [], [{ kind: 'credential', digest: 'credential:hop_token1' }])
    expect(link([owner, thief, uses('10.0.0.1')], { runs: [given] })).toEqual([])
    const own = { ...thief, run: 'run-3', lineage: ['run-2'] }
    expect(arrows(link([owner, own, uses('10.0.0.1')]))).toEqual(['owner>thief delegation'])
  })
})

describe('values that do not flow', () => {
  it('is silent about a value that the caller asked before it was answered', () => {
    const echoes = aSession({
      id: 'sql',
      at: 0,
      seen: [
        ['asked', 'host', 'bastion.internal'],
        ['answered', 'host', 'bastion.internal'],
      ],
    })
    expect(link([echoes, opensHost])).toEqual([])
  })

  it('is silent about a value that the caller sent in an earlier access', () => {
    const before = aSession({ id: 'first', at: -9, seen: [['target', 'host', 'bastion.internal']] })
    expect(link([before, answersHost, opensHost])).toEqual([])
  })

  it('is silent about a value that stood in the task', () => {
    const task = aRun('run-1', -1, [], [{ kind: 'host', digest: 'host:bastion.internal' }])
    expect(link([answersHost, opensHost], { runs: [task] })).toEqual([])
  })

  it('still links a child whose parent wrote the value into its task after it was answered', () => {
    const child = aRun('run-2', 3, ['run-1'], [{ kind: 'host', digest: 'host:bastion.internal' }])
    const opens = aSession({ ...wanted(5), run: 'run-2', lineage: ['run-1'] })
    expect(link([answersHost, opens], { runs: [child] })[0]?.evidence.map((each) => each.class)).toContain('target-flow')
  })

  it('is silent about a value that more callers were answered than the bound', () => {
    const others = Array.from({ length: 3 }, (_, n) =>
      aSession({ id: `other-${n}`, at: 0, run: `other-${n}`, seen: [['answered', 'host', 'bastion.internal']] }),
    )
    expect(link([...others, answersHost, opensHost], { policy: { maxCallersOfValue: 3 } })).toEqual([])
  })

  it('is silent about an answer older than the window, and about a later one', () => {
    const old = aSession({ id: 'old', at: -25 * 60, seen: [['answered', 'host', 'bastion.internal']] })
    const late = aSession({ id: 'late', at: 6, seen: [['answered', 'host', 'bastion.internal']] })
    expect(link([old, late, opensHost])).toEqual([])
  })

  it('is silent about a benign run that uses several systems it was told of', () => {
    const task = aRun('run-1', -1, [], [{ kind: 'host', digest: 'host:reports.internal' }])
    const accesses = [
      aSession({
        id: 'a',
        at: 0,
        seen: [
          ['presented', 'credential', 'hop_token1'],
          ['answered', 'host', 'mail.internal'],
        ],
      }),
      aSession({
        id: 'b',
        at: 5,
        seen: [
          ['presented', 'credential', 'hop_token1'],
          ['target', 'host', 'reports.internal'],
          ['answered', 'host', 'reports.internal'],
        ],
      }),
      aSession({
        id: 'c',
        at: 9,
        seen: [
          ['presented', 'credential', 'hop_token1'],
          ['target', 'host', 'reports.internal'],
        ],
      }),
    ]
    expect(link(accesses, { runs: [task] })).toEqual([])
  })
})

describe('sessions of many requests', () => {
  const api = { id: 'api', protocol: 'kubernetes', target: 'prod' } as const
  const answersPod = (at: number) => aSession({ id: 'sql', at, seen: [['answered', 'pod', 'shop/web-1']] })
  const usesPod = (minute: number): ['target', 'pod', string, number] => ['target', 'pod', 'shop/web-1', minute]

  it('are linked at the request that used the value, not at their start', () => {
    const [hop] = link([answersPod(0), aSession({ ...api, at: 5, until: 90, seen: [['asked', 'host', 'x.internal', 6], usesPod(60)] })])
    expect(hop).toMatchObject({ fromAccess: 'sql', toAccess: 'api', from: { session: 'sql', seq: 1 } })
    expect(hop?.to).toMatchObject({ session: 'api', seq: 2, ms: 55 * 60_000 })
  })

  it('hold a node for a request that used what was answered after they began', () => {
    const hops = link([aSession({ ...api, at: -30, until: 90, seen: [usesPod(20)] }), answersPod(0)])
    expect(arrows(hops)).toEqual(['sql>api.1 target-flow'])
  })

  it('hold one node for a request, however many values it used', () => {
    const secret: ['presented', 'credential', string, number] = ['presented', 'credential', 'S3cret!pw', 20]
    const session = aSession({ ...api, at: -30, until: 90, seen: [usesPod(20), secret] })
    const oneRequest = { ...session, sightings: session.sightings.map((sighting) => ({ ...sighting, seq: 7 })) }
    const answers = aSession({
      id: 'sql',
      at: 0,
      seen: [
        ['answered', 'pod', 'shop/web-1'],
        ['answered', 'credential', 'S3cret!pw'],
      ],
    })
    const [hop, ...others] = link([oneRequest, answers])
    expect(others).toEqual([])
    expect(hop).toMatchObject({ fromAccess: 'sql', toAccess: 'api.7' })
    expect(hop?.evidence.map((each) => each.class)).toEqual(expect.arrayContaining(['credential-flow', 'target-flow']))
  })

  it('say where a value was first used after each answer, though ten thousand requests present it', () => {
    const presents = Array.from({ length: 10_000 }, (_, n): ['presented', 'credential', string, number] => [
      'presented',
      'credential',
      'S3cret!pw',
      10 + n / 100,
    ])
    const answers = Array.from({ length: 200 }, (_, n) =>
      aSession({ id: `sql-${n}`, at: n / 4, run: `run-${n % 40}`, seen: [['answered', 'credential', 'S3cret!pw', n / 4]] }),
    )
    const hops = link([...answers, aSession({ ...api, at: 9, until: 200, run: 'run-x', seen: presents })])
    expect(hops).toHaveLength(1)
    expect(hops[0]?.to).toMatchObject({ session: 'api', seq: 1 })
  })

  it('are not linked to an earlier one of the same run at the same target, which listed the pod', () => {
    const lists = aSession({ ...api, id: 'first', at: 0, until: 1, seen: [['answered', 'pod', 'shop/web-1']] })
    const execs = aSession({ ...api, at: 30, seen: [usesPod(30)] })
    expect(link([lists, execs])).toEqual([])
    expect(arrows(link([lists, { ...execs, run: 'run-2', lineage: ['run-1'] }], { runs: [aRun('run-2', 9, ['run-1'])] }))).toHaveLength(1)
  })

  it('are not linked by a cookie that the same run got there before, but by one that another run got', () => {
    const gets = aSession({ ...api, id: 'first', at: 0, until: 1, seen: [['answered', 'credential', 'S3cret!pw']] })
    const uses = aSession({ ...api, at: 30, seen: [['presented', 'credential', 'S3cret!pw', 31]] })
    expect(link([gets, uses])).toEqual([])
    expect(arrows(link([gets, { ...uses, run: 'run-2' }]))).toEqual(['first>api credential-flow'])
  })

  it('are led to by a stranger no pod, unless it was listed in their own cluster', () => {
    const lists = (target: string) =>
      aSession({ ...api, id: 'lists', target, at: 0, run: 'run-2', seen: [['answered', 'pod', 'shop/web-1']] })
    const execs = aSession({ ...api, at: 5, seen: [usesPod(6)] })
    expect(link([lists('staging'), execs])).toEqual([])
    expect(link([{ ...answersPod(0), run: 'run-2' }, execs])).toEqual([])
    expect(arrows(link([lists('prod'), execs]))).toEqual(['lists>api target-flow'])
  })

  it('are linked to a refusal there, whatever was read before', () => {
    const lists = aSession({ ...api, id: 'first', at: 0, until: 1, seen: [['answered', 'pod', 'shop/web-1']] })
    const refused = aRefusal({ id: 7, at: 5, run: 'run-1', protocol: 'kubernetes', target: 'prod', seen: [['asked', 'pod', 'shop/web-1']] })
    expect(arrows(link([lists, refused]))).toEqual(['first>boot.7 target-flow'])
  })
})

function wanted(at: number) {
  return { id: 'child', at, protocol: 'ssh' as const, seen: [['target', 'host', 'bastion.internal']] as ['target', 'host', string][] }
}
