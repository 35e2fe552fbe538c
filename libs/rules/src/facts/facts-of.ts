import type { AlertPolicy } from '../policy/alert-policy.ts'
import { isApproved, isExpected, isPrivileged } from '../policy/explanations.ts'
import type { AccessRow, ChainRows, HopRow } from './chain-rows.ts'
import { delegationOf } from './delegation-facts.ts'
import { ACTS, type AccessFacts, type Act, type BaselineFacts, type ChainFacts, type HopFacts } from './facts.ts'
import { FirstSeen } from './first-seen.ts'

const NOTHING = { acts: [], commands: 0, writes: 0, rows: 0, bytes: 0 }

/** A stored chain as rules see it, under a policy. O(accesses + hops). */
export function factsOf(rows: ChainRows, policy: AlertPolicy): ChainFacts {
  const firstSeen = new FirstSeen(rows, policy.warmUp)
  const accesses = new Map(rows.accesses.map((row) => [row.accessId, row]))
  const into = new Map(rows.hops.map((hop) => [hop.toAccess, hop]))
  const { id, title, firstTs, lastTs, weakestScore } = rows.chain
  return {
    id,
    title,
    firstUs: firstTs,
    lastUs: lastTs,
    accesses: rows.accesses.map((row) => accessFacts(row, into.get(row.accessId) ?? null, { rows, policy, firstSeen })),
    hops: hopsFacts(rows, accesses, policy),
    weakestScore,
    delegation: delegationOf(rows),
    baseline: baselineOf(rows, firstSeen),
  }
}

type Context = { rows: ChainRows; policy: AlertPolicy; firstSeen: FirstSeen }

function accessFacts(row: AccessRow, hop: HopRow | null, { rows, policy, firstSeen }: Context): AccessFacts {
  const { accessId, sessionId: session, seq, ms, firstTs: tsUs, lastTs, ...own } = row
  const agent = row.run === null ? undefined : rows.agents.get(row.run)
  const agentTemplate = agent?.template ?? null
  const pivot = row.kind === 'unseen' ? hop?.evidence.find((each) => each.class === 'pivot-command')?.basis : undefined
  const done = rows.acts.get(accessId) ?? NOTHING
  return {
    id: accessId,
    kind: own.kind,
    at: { session, seq, tsUs, ms },
    lastUs: lastTs,
    isOpen: own.isOpen,
    run: own.run,
    lineage: own.lineage,
    principal: own.principal,
    rootPrincipal: own.rootPrincipal,
    agentTemplate,
    agentVersion: agent?.version ?? null,
    protocol: own.protocol,
    target: own.target,
    address: own.address,
    account: own.account,
    origin: own.origin,
    denyReason: own.denyReason,
    depth: own.depth,
    isFirstSeen: firstSeen.isFirstSeen(row),
    isPrivileged: isPrivileged(policy, row),
    isExpected: isExpected(policy, { target: own.target, principal: own.principal, agentTemplate, tsUs }),
    acts: actsOf(done.acts),
    commands: done.commands,
    writes: done.writes,
    rows: done.rows,
    bytes: done.bytes,
    tool: textOf(pivot?.tool),
    relation: textOf(pivot?.relation),
  }
}

function hopsFacts(rows: ChainRows, accesses: ReadonlyMap<string, AccessRow>, policy: AlertPolicy): HopFacts[] {
  const sources = new Map(rows.sources.map((source) => [`${source.sessionId}/${source.seq}`, source]))
  return rows.hops.flatMap((hop) => {
    const [from, to] = [accesses.get(hop.fromAccess), accesses.get(hop.toAccess)]
    if (!from || !to) return []
    const source = sources.get(`${hop.from.session}/${hop.from.seq}`)
    const { session, seq, tsUs, ms } = hop.from
    return {
      id: hop.id,
      class: hop.class,
      classes: [...new Set(hop.evidence.map((each) => each.class))],
      score: hop.score,
      observable: hop.evidence[0]?.observable ?? null,
      source: { type: source?.type ?? '', acts: actsOf(source?.acts ?? []) },
      from: hop.fromAccess,
      to: hop.toAccess,
      fromAt: { session, seq, tsUs, ms },
      toAt: { session: hop.to.session, seq: hop.to.seq, tsUs: hop.to.tsUs, ms: hop.to.ms },
      gapMs: Math.max(0, Math.floor((hop.to.tsUs - tsUs) / 1000)),
      isAccountSwitch: from.account !== null && to.account !== null && from.account !== to.account,
      isNewAccess: isNewAccess(to, rows),
      isApproved: isApproved(policy, { from: from.target, to: to.target, account: to.account, tsUs: hop.to.tsUs }),
    }
  })
}

// A run that reached it before, as that account, reaches nothing new; what has no run, or was refused before, is new.
function isNewAccess({ kind, run, target, protocol, account, firstTs }: AccessRow, { reachedByRuns }: ChainRows): boolean {
  if (kind === 'use' || run === null) return kind !== 'use'
  return !reachedByRuns.some(
    (each) =>
      each.run === run &&
      each.target === target &&
      each.protocol === (protocol ?? '') &&
      (account === null || each.account === account) &&
      each.firstUs < firstTs,
  )
}

// Of several actors the one that the least is known of: the chain rests on it. Who is not known at all has no history to be compared with.
function baselineOf({ accesses, chain }: ChainRows, firstSeen: FirstSeen): BaselineFacts {
  const known = accesses.filter(({ run, principal }) => run !== null || principal !== null)
  const all = known.map((access) => firstSeen.baselineOf(access))
  const [least] = all.sort((a, b) => a.runs - b.runs || a.days - b.days || (a.id < b.id ? -1 : 1))
  return least ?? { id: `day:${Math.floor(chain.firstTs / 86_400_000_000) - 1}`, runs: 0, days: 0, isWarm: false }
}

// In the order of ACTS; what a later version wrote is left out.
function actsOf(texts: readonly string[]): Act[] {
  return ACTS.filter((act) => texts.includes(act))
}

function textOf(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value)
}
