import type { AccessFacts, ChainFacts, HopFacts, Moment } from './facts/facts.ts'

/** 2026-10-03 09:00:00 UTC, in microseconds. */
export const SOMETIME_US = 1_791_018_000_000_000

/** A moment so many seconds after `SOMETIME_US`. */
export function at(seconds: number, session = 'session', seq = 0): Moment {
  return { session, seq, tsUs: SOMETIME_US + Math.round(seconds * 1e6), ms: 0 }
}

/** A session of an agent in PostgreSQL; states only what matters. Its id names its stream. */
export function anAccess({ second = 0, ...facts }: Partial<AccessFacts> & { second?: number } = {}): AccessFacts {
  const id = facts.id ?? 'a'
  const when = at(second, id)
  return {
    id,
    kind: 'session',
    at: when,
    lastUs: when.tsUs + 5e6,
    isOpen: false,
    run: '01928b2f-0000-7000-8000-000000000001',
    lineage: [],
    principal: 'agent-1',
    rootPrincipal: 'ana',
    agentTemplate: 'helper',
    agentVersion: '1',
    protocol: 'postgres',
    target: 'shop-db',
    address: facts.kind === 'refused' || facts.kind === 'unseen' ? null : '10.0.0.5:5432',
    account: 'app',
    origin: '192.0.2.7',
    denyReason: null,
    depth: 0,
    isFirstSeen: false,
    isPrivileged: false,
    isExpected: false,
    acts: [],
    commands: 1,
    writes: 0,
    rows: 1,
    bytes: 100,
    tool: null,
    relation: null,
    ...facts,
  }
}

/** A secret that was answered in `from` and opened `to`: same account, nothing new, unless it says so. */
export function aHop(from: AccessFacts, to: AccessFacts, facts: Partial<HopFacts> = {}): HopFacts {
  const toAt = facts.toAt ?? to.at
  const fromAt = facts.fromAt ?? { ...from.at, seq: 3, tsUs: from.at.tsUs + 1e6, ms: 1000 }
  return {
    id: `${from.id}-${to.id}`,
    class: 'credential-flow',
    classes: ['credential-flow'],
    score: 6000,
    observable: { kind: 'credential', digest: '0123456789abcdef0123456789abcdef', value: null },
    source: { type: 'sql.result', acts: [] },
    from: from.id,
    to: to.id,
    fromAt,
    toAt,
    gapMs: Math.max(0, (toAt.tsUs - fromAt.tsUs) / 1000),
    isAccountSwitch: false,
    isNewAccess: false,
    isApproved: false,
    ...facts,
  }
}

/** A host that was answered in `from` and asked for as `to`. */
export function aTargetHop(from: AccessFacts, to: AccessFacts, facts: Partial<HopFacts> = {}): HopFacts {
  const observable = { kind: 'host', digest: 'fedcba9876543210fedcba9876543210', value: `${to.target}.internal` } as const
  return aHop(from, to, { class: 'target-flow', classes: ['target-flow'], score: 4000, observable, ...facts })
}

/** A chain of such hops. Depths of accesses follow from the hops. */
export function aChain(accesses: readonly AccessFacts[], hops: readonly HopFacts[], facts: Partial<ChainFacts> = {}): ChainFacts {
  const parents = new Map(hops.map(({ from, to }) => [to, from]))
  const depthOf = (id: string, seen = 0): number => {
    const parent = parents.get(id)
    return parent === undefined || seen > accesses.length ? 0 : 1 + depthOf(parent, seen + 1)
  }
  return {
    id: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    title: 'what the strongest hop says',
    firstUs: Math.min(...accesses.map((access) => access.at.tsUs)),
    lastUs: Math.max(...accesses.map(({ lastUs }) => lastUs)),
    accesses: accesses.map((access) => ({ ...access, depth: depthOf(access.id) })),
    hops,
    weakestScore: Math.min(...hops.map(({ score }) => score)),
    delegation: { depth: 0, isVerified: true, isCyclic: false },
    baseline: { id: 'day:20728', runs: 400, days: 14, isWarm: true },
    ...facts,
  }
}
