import { describe, expect, it } from 'vitest'
import type { Access } from './access.ts'
import { chainsOf } from './chain.ts'
import { linkHops } from './link.ts'
import { destinationOf, type Pivot, protocolOfTool } from './pivot.ts'
import { defaultLinkPolicy } from './policy.ts'
import { aRefusal, arrows, aSession, link, pivotsOf, tsOf } from './testing.ts'

type Seen = ['named' | 'target' | 'asked' | 'answered', 'host' | 'address' | 'pod', string, number?]
const bastion = { protocol: 'ssh', target: 'bastion', address: '10.0.0.5:22' } as const
const names = (value: string, kind: 'host' | 'address' | 'pod' = 'host', minute = 5): Access =>
  aSession({ id: 'ssh', at: 0, until: 6, ...bastion, seen: [['named', kind, value, minute]] })
const opens = (over: object = {}, minute = 5.5, seen: Seen[] = [['target', 'host', 'db2.internal']]): Access =>
  aSession({ id: 'sql', at: minute, target: 'db2', ...over, seen })

describe('a pivot that was not seen', () => {
  it('is a node of its own, led to by the command that named it', () => {
    const [hop, ...others] = link([names('db2.internal')], { through: 7 })
    expect(others).toEqual([])
    expect(hop).toMatchObject({ fromAccess: 'ssh', toAccess: 'ssh.1', class: 'pivot-command', score: 4000 })
    expect(hop?.from).toMatchObject({ session: 'ssh', seq: 0, at: '/command' })
    expect(hop?.to).toMatchObject({ session: 'ssh', seq: 1, ms: 5 * 60_000 })
    expect(hop?.evidence).toMatchObject([{ basis: { tool: 'ssh', relation: 'connect', waitedMs: 60_000 } }])
  })

  it('is none before event time has passed it by a minute', () => {
    expect(link([names('db2.internal')], { through: 6 })).toEqual([])
    expect(link([names('db2.internal')])).toEqual([])
  })

  it('is none where an access of the same tree of runs, or a refusal, followed within the minute', () => {
    expect(arrows(link([names('db2.internal'), opens()], { through: 60 }))).toEqual(['ssh>sql pivot-command'])
    const child = opens({ run: 'run-2', lineage: ['run-1'] })
    expect(arrows(link([names('db2.internal'), child], { through: 60 }))).not.toContain('ssh>ssh.1 pivot-command')
    const refused = aRefusal({ id: 7, at: 5.5, run: 'run-1', seen: [['asked', 'host', 'db2.internal']] })
    expect(arrows(link([names('db2.internal'), refused], { through: 60 }))).toEqual(['ssh>boot.7 pivot-command'])
  })

  it('is none where anybody followed who came from where the command was given', () => {
    const stranger = opens({ run: 'run-9', rootPrincipal: 'eve', origin: '10.0.0.5' })
    expect(arrows(link([names('db2.internal'), stranger], { through: 60 }))).not.toContain('ssh>ssh.1 pivot-command')
  })

  it('is none where somebody followed of whom nothing is known: who was refused for a token, from an address that tells nothing', () => {
    const refused = (origin: string) => aRefusal({ id: 7, at: 5.5, origin, seen: [['target', 'host', 'db2.internal']] })
    expect(link([names('db2.internal'), refused('127.0.0.1')], { through: 60 })).toEqual([])
    expect(link([names('db2.internal'), refused('10.9.9.9')], { through: 60, policy: { sharedOrigins: ['10.9.9.9'] } })).toEqual([])
    expect(link([names('db2.internal'), refused('10.9.9.9')], { through: 60 })).toHaveLength(1)
  })

  it('is one though another caller went there from elsewhere, or the same caller much later', () => {
    const stranger = opens({ run: 'run-9', rootPrincipal: 'eve', origin: '10.9.9.9' })
    expect(arrows(link([names('db2.internal'), stranger], { through: 60 }))).toEqual(['ssh>ssh.1 pivot-command'])
    expect(arrows(link([names('db2.internal'), opens({}, 8)], { through: 60 }))).toContain('ssh>ssh.1 pivot-command')
  })

  it('is none where a session over HTTP to that host was open, which takes what follows', () => {
    const api = aSession({ id: 'api', at: 1, until: 40, protocol: 'http', target: 'api', seen: [['target', 'host', 'db2.internal']] })
    expect(link([names('db2.internal'), api], { through: 60 })).toEqual([])
    expect(arrows(link([names('db2.internal'), { ...api, lastUs: tsOf(3) }], { through: 60 }))).toEqual(['ssh>ssh.1 pivot-command'])
  })

  it('is none where the access only seems to be earlier, by the clock of another gateway', () => {
    expect(link([names('db2.internal'), opens({}, 5 - 1 / 60)], { through: 60 })).toEqual([])
  })

  it.each(['10.2.3.4', '172.16.0.9', '192.168.1.1', '169.254.169.254', 'fd00::1', 'fe80::1'])('may be at the address %s', (address) => {
    expect(link([names(address, 'address')], { through: 60 })).toHaveLength(1)
  })

  it.each(['db2', 'db2.internal', 'a.b.corp', 'web.shop.svc.cluster.local', 'nas.home.arpa'])('may be at the host %s', (host) => {
    expect(link([names(host)], { through: 60 })).toHaveLength(1)
  })

  it.each(['example.com', 'localhost', 'app.localhost', 'notinternal.example', 'pypi.org'])('is not looked for at the host %s', (host) => {
    expect(link([names(host)], { through: 60 })).toEqual([])
  })

  it.each(['127.0.0.1', '::1', '8.8.8.8', '172.32.0.1', '2001:db8::1', '0.0.0.0'])('is not looked for at the address %s', (address) => {
    expect(link([names(address, 'address')], { through: 60 })).toEqual([])
  })

  it('may be in a pod', () => {
    const { uses, hops } = linked([names('shop/web-1', 'pod')])
    expect(uses).toMatchObject([{ kind: 'unseen', target: 'shop/web-1', protocol: 'kubernetes' }])
    expect(hops).toHaveLength(1)
  })

  it('is none of a database that names itself, nor of a gateway', () => {
    const itself = aSession({
      id: 'sql',
      at: 0,
      seen: [
        ['target', 'host', 'orders.internal'],
        ['named', 'host', 'orders.internal', 5],
      ],
    })
    expect(link([itself], { through: 60 })).toEqual([])
    expect(link([names('10.0.0.5', 'address')], { through: 60 })).toEqual([])
    expect(link([names('gateway.internal')], { through: 60, policy: { sharedOrigins: ['gateway.internal'] } })).toEqual([])
  })

  it('is none of a host that calls itself by its name, or by the first label of it', () => {
    const itself = (target: string, name: string) =>
      aSession({ id: 'ssh', at: 0, until: 6, protocol: 'ssh', target, address: 'bastion.internal:22', seen: [['named', 'host', name, 5]] })
    expect(link([itself('prod-7', 'bastion')], { through: 60 })).toEqual([])
    expect(link([itself('Jump', 'jump')], { through: 60 })).toEqual([])
    expect(link([itself('prod-7', 'internal')], { through: 60 })).toHaveLength(1)
  })

  it('is one for a tunnel, whatever else its caller reaches', () => {
    const accesses = [names('db2.internal'), opens()]
    const tunnel = pivotsOf(accesses, { relation: 'forward' })
    expect(arrows(link(accesses, { through: 60, pivots: tunnel }))).toContain('ssh>ssh.1 pivot-command')
  })

  it('is one node a session and destination, however often it was named, and only so many a session', () => {
    const seen = Array.from({ length: 200 }, (_, n): Seen => ['named', 'host', `db${n % 20}.internal`, 1 + n / 100])
    const scans = aSession({ id: 'ssh', at: 0, until: 6, ...bastion, seen })
    expect(link([scans], { through: 60 })).toHaveLength(20)
    expect(link([scans], { through: 60, policy: { maxUnseen: 5 } })).toHaveLength(5)
  })

  it('keeps where its name was answered as the alternative', () => {
    const told = aSession({ id: 'sql', at: -9, until: -8, seen: [['answered', 'host', 'db2.internal']] })
    const [hop] = link([told, names('db2.internal')], { through: 60 })
    expect(hop).toMatchObject({ fromAccess: 'ssh', alternatives: [{ fromAccess: 'sql', class: 'target-flow' }] })
  })

  it('keeps it though the agent goes every day to the host on which the command was given', () => {
    const told = aSession({ id: 'sql', at: -9, until: -8, seen: [['answered', 'host', 'db2.internal']] })
    const accesses = [told, names('db2.internal')]
    const familiar = new Map(accesses.map(({ id }) => [id, 'habitual'] as const))
    const evidenced = { accesses, runs: [], baselines: [], pivots: pivotsOf(accesses), familiar }
    expect(linkHops(evidenced, defaultLinkPolicy, undefined, tsOf(60)).hops).toMatchObject([{ alternatives: [{ fromAccess: 'sql' }] }])
  })

  it('says what it is, and nothing that was not recorded', () => {
    const pivots = { port: 5432, tool: 'psql', account: 'app' }
    const { uses, chains } = linked([names('db2.internal')], pivots)
    expect(uses).toMatchObject([{ kind: 'unseen', target: 'db2.internal:5432', protocol: 'postgres', account: 'app', address: null }])
    expect(chains).toMatchObject([
      {
        title: 'a command in ssh bastion named db2.internal:5432; no access to it appeared at the gateway within 60 s',
        protocols: ['ssh'],
        targets: ['bastion', 'db2.internal:5432'],
        refused: 0,
        maxDepth: 1,
      },
    ])
    expect(linked([names('db2.internal')], { relation: 'forward' }).chains[0]?.title).toBe(
      'a command in ssh bastion named db2.internal as the end of a tunnel, which the gateway does not see into',
    )
  })
})

describe('the program of a pivot', () => {
  it('tells what it most likely speaks', () => {
    expect(['ssh', 'rsync', 'dblink', 'kubectl', 'wget', 'nc', 'constructor'].map(protocolOfTool)).toEqual([
      'ssh',
      'ssh',
      'postgres',
      'kubernetes',
      'http',
      null,
      null,
    ])
  })

  it('is what there is to call it by where it names no place', () => {
    const nowhere = { host: null, port: null, object: null, tool: 'ssh' }
    expect(destinationOf(nowhere)).toBe('ssh')
    expect(destinationOf({ ...nowhere, host: 'fd00::1', port: 22 })).toBe('[fd00::1]:22')
    expect(destinationOf({ ...nowhere, host: 'db\u001b[2J\u202e' })).not.toMatch(/[\u001b\u202e]/)
  })
})

function linked(accesses: Access[], over: Partial<Pivot> = {}) {
  const evidenced = { accesses, runs: [], baselines: [], pivots: pivotsOf(accesses, over) }
  const { hops, uses } = linkHops(evidenced, defaultLinkPolicy, undefined, tsOf(60))
  return { hops, uses, chains: chainsOf(hops, new Map([...accesses, ...uses].map((access) => [access.id, access]))) }
}
