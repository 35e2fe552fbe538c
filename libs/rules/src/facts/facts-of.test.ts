import { describe, expect, it } from 'vitest'
import { AlertPolicy } from '../policy/alert-policy.ts'
import type { AccessRow, ChainRows, HopRow } from './chain-rows.ts'
import { factsOf } from './facts-of.ts'

const DAY_US = 86_400_000_000
const T = 20_000 * DAY_US
const cold = AlertPolicy.parse({})
const warm = AlertPolicy.parse({ warmUp: { days: 0, runs: 0 } })

function anAccess(id: string, over: Partial<AccessRow> = {}): AccessRow {
  const who = { run: 'run-1', lineage: [], principal: 'bot', rootPrincipal: 'ana', origin: null }
  const where = { protocol: 'ssh', target: 'bastion', address: null, account: 'app', denyReason: null } as const
  return {
    accessId: id,
    depth: 0,
    kind: 'session',
    sessionId: id,
    seq: 0,
    ms: 0,
    firstTs: T + 5,
    lastTs: T + 9,
    isOpen: false,
    ...who,
    ...where,
    ...over,
  }
}

function aHop(from: string, to: string, over: Partial<HopRow> = {}): HopRow {
  const moment = (session: string, tsUs: number) => ({ session, seq: 3, tsUs, ms: 4 })
  const observable = { kind: 'credential', digest: 'd', value: null } as const
  const evidence = [{ class: 'credential-flow', observable, basis: {} }]
  return {
    id: 'h',
    class: 'credential-flow',
    score: 6000,
    fromAccess: from,
    toAccess: to,
    from: moment(from, T),
    to: moment(to, T + 5_000),
    evidence,
    ...over,
  }
}

function rowsOf(over: Partial<ChainRows> = {}): ChainRows {
  return {
    chain: { id: 'c', title: 't', firstTs: T, lastTs: T + 9, weakestScore: 6000 },
    accesses: [anAccess('a', { target: 'orders', protocol: 'postgres', firstTs: T }), anAccess('b', { depth: 1, account: 'root' })],
    hops: [aHop('a', 'b')],
    sources: [{ sessionId: 'a', seq: 3, type: 'sql.result', acts: ['write', 'not-known', 'secret-read'] }],
    acts: new Map([['a', { acts: ['exec'], commands: 3, writes: 1, rows: 40, bytes: 50 }]]),
    agents: new Map([['run-1', { run: 'run-1', actor: 'agent:fixer', template: 'fixer', version: '2' }]]),
    reachedByActors: [],
    reachedByRuns: [],
    histories: [],
    ...over,
  }
}

describe('facts of a chain', () => {
  it('say what was done in each access, by which agent, and what the policy says of it', () => {
    const { accesses } = factsOf(rowsOf(), cold)
    expect(accesses[0]).toMatchObject({ acts: ['exec'], commands: 3, writes: 1, rows: 40, bytes: 50, isPrivileged: false })
    expect(accesses[1]).toMatchObject({ acts: [], commands: 0, agentTemplate: 'fixer', agentVersion: '2', isPrivileged: true })
  })

  it('say where a value stood, how soon it was used, and that the account is another', () => {
    expect(factsOf(rowsOf(), cold).hops).toMatchObject([
      {
        source: { type: 'sql.result', acts: ['write', 'secret-read'] },
        gapMs: 5,
        isAccountSwitch: true,
        isNewAccess: true,
        isApproved: false,
      },
    ])
  })

  it('call nothing seen first before the baseline is warm', () => {
    const histories = [{ actor: 'agent:fixer', beforeDay: 20_000, runs: 19, days: 9 }]
    const early = factsOf(rowsOf({ histories }), cold)
    expect(early.accesses.map(({ isFirstSeen }) => isFirstSeen)).toEqual([null, null])
    expect(early.baseline).toEqual({ id: 'day:19999', runs: 19, days: 9, isWarm: false })
    const later = factsOf(rowsOf({ histories: [{ actor: 'agent:fixer', beforeDay: 20_000, runs: 20, days: 3 }] }), cold)
    expect(later.accesses.map(({ isFirstSeen }) => isFirstSeen)).toEqual([true, true])
  })

  it('call seen what any version of the agent reached on an earlier day, and not what was reached today', () => {
    const reach = (target: string, protocol: string, firstUs: number) => ({ actor: 'agent:fixer', target, protocol, firstUs })
    const reachedByActors = [reach('orders', 'postgres', T - 1), reach('bastion', 'ssh', T)]
    expect(factsOf(rowsOf({ reachedByActors }), warm).accesses.map(({ isFirstSeen }) => isFirstSeen)).toEqual([false, true])
  })

  it('know what a run had reached before as the same account', () => {
    const reach = (account: string, firstUs: number) => ({ run: 'run-1', target: 'bastion', protocol: 'ssh', account, firstUs })
    const isNew = (...reachedByRuns: ReturnType<typeof reach>[]) => factsOf(rowsOf({ reachedByRuns }), warm).hops[0]?.isNewAccess
    expect([isNew(reach('root', T)), isNew(reach('app', T)), isNew(reach('root', T + 5))]).toEqual([false, true, true])
  })

  it('tell delegation that is claimed, deep, or goes round', () => {
    const claimed = aHop('a', 'b', { evidence: [{ class: 'delegation', observable: null, basis: { claimed: 'trace' } }] })
    expect(factsOf(rowsOf({ hops: [claimed] }), warm).delegation).toEqual({ depth: 0, isVerified: false, isCyclic: false })
    const agent = (run: string, template: string) => [run, { run, actor: `agent:${template}`, template, version: null }] as const
    const accesses = [anAccess('b', { lineage: ['run-0', 'run-2'] })]
    const delegation = (...agents: ReturnType<typeof agent>[]) =>
      factsOf(rowsOf({ accesses, hops: [], agents: new Map(agents) }), warm).delegation
    expect(delegation(agent('run-0', 'x'), agent('run-2', 'x'), agent('run-1', 'x'))).toMatchObject({ depth: 2, isCyclic: false })
    expect(delegation(agent('run-0', 'x'), agent('run-2', 'y'), agent('run-1', 'x'))).toMatchObject({ depth: 2, isCyclic: true })
  })

  it('say how a pivot that was not seen was to be made', () => {
    const evidence = [{ class: 'pivot-command', observable: null, basis: { tool: 'ssh', relation: 'forward' } }]
    const rows = rowsOf({ accesses: [anAccess('a'), anAccess('b', { kind: 'unseen' })], hops: [aHop('a', 'b', { evidence })] })
    expect(factsOf(rows, warm).accesses[1]).toMatchObject({ tool: 'ssh', relation: 'forward' })
    expect(factsOf(rows, warm).accesses[0]).toMatchObject({ tool: null, relation: null })
  })
})
