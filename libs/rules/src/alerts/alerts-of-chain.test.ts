import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRuleFile } from '../document/rule-file.ts'
import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import { AlertPolicy, defaultAlertPolicy } from '../policy/alert-policy.ts'
import type { Rule } from '../rule.ts'
import { shippedRules } from '../shipped/shipped-rules.ts'
import { aChain, aHop, anAccess, aTargetHop, SOMETIME_US } from '../testing.ts'
import { alertsOfChain } from './alerts-of-chain.ts'

const { rules: shipped } = shippedRules()
const switched = { isAccountSwitch: true, isNewAccess: true }
const db = anAccess({ id: 'a' })
const bastion = anAccess({ id: 'b', second: 60, protocol: 'ssh', target: 'bastion', address: '10.0.0.9:22', account: 'deploy' })

const alertsOf = (chain: ChainFacts, policy: AlertPolicy = defaultAlertPolicy, rules: readonly Rule[] = shipped) =>
  alertsOfChain(chain, rules, policy)

describe('an alert', () => {
  const root = { ...bastion, account: 'root', isPrivileged: true, writes: 2, rows: 3, bytes: 4000, run: db.run }
  const chain = aChain([db, root], [aHop(db, root, switched)])

  it('folds what several rules find in one hop, and takes the highest of each', () => {
    const [alert, ...others] = alertsOf(chain)
    expect(others).toEqual([])
    expect(alert?.findings.map(({ rule }) => rule.title)).toHaveLength(4)
    expect(alert).toMatchObject({ severity: 'critical', response: 'page', chain: chain.id, baseline: 'day:20728' })
    expect(alert?.id).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is one sentence: who, on behalf of whom, with what, from where to where, and how it ended', () => {
    expect(alertsOf(chain)[0]?.sentence).toBe(
      'agent-1 on behalf of ana used a credential (01234567) seen in postgres shop-db as app at ssh bastion as root: accepted',
    )
  })

  it('says what was reached, what to rotate, which link is weakest, and whom to revoke', () => {
    const later = anAccess({ id: 'c', second: 4000, target: 'ledger', bytes: 500, run: null })
    const grown = aChain([db, root, later], [aHop(db, root, switched), aTargetHop(root, later, { score: 100 })])
    expect(alertsOf(grown)[0]).toMatchObject({
      principal: 'agent-1',
      rootPrincipal: 'ana',
      runs: [db.run],
      targets: ['shop-db', 'bastion', 'ledger'],
      protocols: ['postgres', 'ssh'],
      reach: {
        targets: [
          { target: 'bastion', protocol: 'ssh', account: 'root', isRefused: false },
          { target: 'ledger', protocol: 'postgres', account: 'app', isRefused: false },
        ],
        writes: 2,
        rows: 4,
        bytes: 4500,
      },
      rotate: [{ kind: 'credential', digest: '0123456789abcdef0123456789abcdef', target: 'bastion', account: 'root', wasAccepted: true }],
      weakest: { hop: 'a-b', score: 6000 },
    })
  })

  it('tells of a refusal, of what was not seen, and of an unknown root as what they are', () => {
    const refused = { ...bastion, kind: 'refused', denyReason: 'not-granted', rootPrincipal: null } as const
    expect(alertsOf(aChain([db, refused], [aHop(db, refused)]))[0]?.sentence).toBe(
      'agent-1 on behalf of an unknown principal used a credential (01234567) seen in postgres shop-db as app at ssh bastion as deploy: refused (not-granted)',
    )
    const unseen = { ...bastion, kind: 'unseen', account: null, address: null } as const
    const named = aTargetHop(db, unseen, { class: 'pivot-command', classes: ['pivot-command'], observable: null })
    expect(alertsOf(aChain([db, unseen], [named]))[0]?.sentence).toBe(
      'agent-1 on behalf of ana went to ssh bastion as a command in postgres shop-db as app says: not seen at the gateway',
    )
  })

  it('prints nothing that it was given to print', () => {
    const hostile = { ...bastion, target: '\u001b[2J\u202ehost$&', principal: `evil\n${'x'.repeat(5000)}`, isFirstSeen: true }
    const sentence = alertsOf(aChain([db, hostile], [aHop(db, hostile, switched)]))[0]?.sentence ?? ''
    expect(sentence).not.toMatch(/[\u0000-\u001f\u202e]/)
    expect(sentence).toContain('host$&')
    expect(sentence.length).toBeLessThan(600)
  })
})

describe('folding', () => {
  const hostsAt = (...seconds: number[]) => seconds.map((second, n) => ({ ...hostOf(n), ...anAccess({ ...hostOf(n), second }) }))
  const hostOf = (n: number) => ({ id: `h${n}`, target: `host-${n}`, protocol: 'ssh', account: 'deploy', isFirstSeen: true }) as const
  const fan = (hosts: readonly AccessFacts[]) =>
    aChain(
      [db, ...hosts],
      hosts.map((host) => aHop(db, host, switched)),
    )

  it('makes one of what lies within a minute, and others of what comes later', () => {
    const [first, second] = alertsOf(fan(hostsAt(100, 160, 220, 281)))
    expect(first?.findings.at(-1)?.at.tsUs).toBe(SOMETIME_US + 220e6)
    expect(second?.firstUs).toBe(SOMETIME_US + 281e6)
  })

  it('names an alert by its earliest finding', () => {
    const alone = alertsOf(fan(hostsAt(100)))
    expect(alertsOf(fan(hostsAt(100, 130))).map(({ id }) => id)).toEqual(alone.map(({ id }) => id))
  })
})

describe('a chain of thousands', () => {
  const hosts = Array.from({ length: 3000 }, (_, n) =>
    anAccess({ id: `h${n}`, second: n, depth: n + 1, target: `host-${n}`, isFirstSeen: true, isPrivileged: n === 2999, account: `u${n}` }),
  )
  const hops = hosts.map((host, n) => aHop(hosts[n - 1] ?? db, host, n === 2999 ? switched : {}))
  const chain: ChainFacts = { ...aChain([db], [aHop(db, db)]), accesses: [db, ...hosts], hops }

  it('is one bounded alert that still says the worst', () => {
    const [alert, ...others] = alertsOf(chain)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ severity: 'critical', response: 'page', lastUs: SOMETIME_US + 2999e6 })
    expect(alert?.findings).toHaveLength(200)
    expect(alert?.sentence).toContain('host-2999')
    expect(JSON.stringify(alert).length).toBeLessThan(1_000_000)
  })
})

describe('what was declared', () => {
  const root = { ...bastion, account: 'root', isPrivileged: true }
  const chain = aChain([db, root], [aHop(db, root, switched)])
  const respondsTo = (policy: unknown, about = chain) => alertsOf(about, AlertPolicy.parse(policy)).map(({ response }) => response)
  const path = { from: 'shop-db', to: 'bastion', reason: 'broker' }
  const window = { targets: ['bastion'], from: '2026-10-03T09:00:00Z', to: '2026-10-03T10:00:00Z', reason: 'release' }

  it('explains: an approved path, a window', () => {
    expect(respondsTo({})).toEqual(['page'])
    expect(respondsTo({ approvedPaths: [path] })).toEqual(['log'])
    expect(respondsTo({ maintenance: [window] })).toEqual(['log'])
    expect(respondsTo({ maintenance: [{ ...window, targets: ['shop-db'] }] })).toEqual(['page'])
  })

  it('of an approved path does not explain a privileged pod at its end, nor a refusal', () => {
    const pod = anAccess({ id: 'c', second: 90, target: 'prod', protocol: 'kubernetes', acts: ['privileged-pod'] })
    const deep = aChain([db, bastion, pod], [aTargetHop(db, bastion), aHop(bastion, pod)])
    expect(respondsTo({ approvedPaths: [{ from: '*', to: '*', reason: 'all' }] }, deep)).toEqual(['queue'])
    const refused = { ...bastion, kind: 'refused', denyReason: 'not-granted' } as const
    expect(respondsTo({ approvedPaths: [path] }, aChain([db, refused], [aHop(db, refused)]))).toEqual(['queue'])
  })
})

describe('a value that flowed', () => {
  const { rules } = readRuleFile(
    'title: any\nlogsource: {product: hoptrace, category: hop}\ndetection: {any: {id: "*"}, condition: any}\n',
    'r',
  )
  it('is no alert by itself, whatever a rule says', () => {
    expect(alertsOf(aChain([db, bastion], [aHop(db, bastion)]), defaultAlertPolicy, rules)).toEqual([])
    const first = { ...bastion, isFirstSeen: true }
    expect(alertsOf(aChain([db, first], [aHop(db, first)]), defaultAlertPolicy, rules)).toHaveLength(1)
  })
})

describe('a rule over chains', () => {
  const text = (condition: string) =>
    `title: deep\nid: 1f0a6c9e-0000-4000-8000-000000000001\nlogsource: {product: hoptrace, category: hop_chain}\ndetection: {deep: {${condition}}, condition: deep}\n`
  const c = anAccess({ id: 'c', second: 120, target: 'ledger' })
  const chain = aChain([db, { ...bastion, isFirstSeen: true }, c], [aTargetHop(db, bastion), aTargetHop(bastion, c)])

  it('tells once, at the hop with which it came to hold', () => {
    const { rules } = readRuleFile(text("'depth|gte': 1"), 'r')
    expect(alertsOf(chain, defaultAlertPolicy, rules).flatMap(({ findings }) => findings)).toMatchObject([
      { anchor: `chain:${chain.id}`, access: 'b' },
    ])
  })

  it('stands by what held, though it holds no more', () => {
    const { rules } = readRuleFile(text("'accesses|lt': 3"), 'r')
    expect(alertsOf(chain, defaultAlertPolicy, rules)).toHaveLength(1)
  })
})

describe('whatever comes in whatever order', () => {
  const aNode = fc.record({
    parent: fc.nat(),
    gap: fc.integer({ min: 0, max: 90 }),
    kind: fc.constantFrom('session', 'session', 'session', 'refused', 'unseen', 'use'),
    protocol: fc.constantFrom('postgres', 'ssh', 'kubernetes', 'http'),
    target: fc.constantFrom('t1', 't2', 't3', 't4', 't5', 't6', 't7'),
    account: fc.constantFrom('app', 'root', null),
    run: fc.constantFrom('r1', 'r2', null),
    isFirstSeen: fc.constantFrom(true, false, null),
    isPrivileged: fc.boolean(),
    isSecret: fc.boolean(),
    isSwitch: fc.boolean(),
    bytes: fc.constantFrom(0, 20_000_000),
    acts: fc.subarray(['write', 'tunnel', 'privileged-pod', 'download'] as const),
  } as const)

  // Each access follows one before it; of the hops the first `count` are there.
  function chainOf(nodes: readonly Node[], count = nodes.length): ChainFacts {
    const seconds = nodes.map((_, n) => nodes.slice(0, n + 1).reduce((sum, { gap }) => sum + gap, 0))
    const accesses = nodes.slice(0, count).map((node, n) => {
      const denyReason = node.kind === 'refused' ? ('not-granted' as const) : null
      const { kind, protocol, target, account, run, isFirstSeen, isPrivileged, bytes, acts } = node
      return anAccess({
        id: `n${n}`,
        second: seconds[n] ?? 0,
        kind,
        protocol,
        target,
        account,
        run,
        isFirstSeen,
        isPrivileged,
        bytes,
        acts,
        denyReason,
      })
    })
    const hops = accesses.flatMap((to, n) => {
      const [from, node] = [accesses[(nodes[n]?.parent ?? 0) % Math.max(1, n)], nodes[n]]
      if (n === 0 || !from || !node) return []
      const facts = { isAccountSwitch: node.isSwitch, isNewAccess: node.isSwitch }
      return [node.isSecret ? aHop(from, to, facts) : aTargetHop(from, to, facts)]
    })
    return hops.length === 0 ? { ...aChain([db, ...accesses], [aHop(db, db)]), hops } : aChain(accesses, hops)
  }
  type Node = typeof aNode extends fc.Arbitrary<infer T> ? T : never
  const nodes = fc.array(aNode, { minLength: 1, maxLength: 24 })

  it('gives the same alerts, to the bit', () => {
    fc.assert(
      fc.property(nodes, fc.infiniteStream(fc.nat()), (some, keys) => {
        const chain = chainOf(some)
        const shuffled = <T>(items: readonly T[]) =>
          items
            .map((item) => ({ item, key: keys.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item)
        const other = { ...chain, accesses: shuffled(chain.accesses), hops: shuffled(chain.hops) }
        expect(JSON.stringify(alertsOf(other))).toBe(JSON.stringify(alertsOf(chain)))
      }),
      { numRuns: 300, seed: 2026 },
    )
  })

  it('keeps the ids of alerts when hops come later', () => {
    let alerts = 0
    fc.assert(
      fc.property(nodes, fc.nat(), (some, cut) => {
        const before = alertsOf(chainOf(some, 1 + (cut % some.length))).map(({ id }) => id)
        const after = new Set(alertsOf(chainOf(some)).map(({ id }) => id))
        alerts += before.length
        expect(before.filter((id) => !after.has(id))).toEqual([])
      }),
      { numRuns: 300, seed: 2026 },
    )
    expect(alerts).toBeGreaterThan(300)
  })
})
