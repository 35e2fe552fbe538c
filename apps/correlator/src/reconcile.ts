import { canonicalJson } from '@hoptrace/events'
import { type Access, chainsOf, type Hop, type HopChain } from '@hoptrace/hopchain'
import type { HopChainAccessRow, HopChainRow, HopRow, StoredHopChain, Versioned } from '@hoptrace/store'
import { memberAccess, memberRow } from './rows/access-rows.ts'
import { chainRow, hopOf, hopRow } from './rows/hop-rows.ts'

/** What the store should hold of some chains. */
export type Desired = { hops: HopRow[]; members: HopChainAccessRow[]; chains: HopChainRow[] }
export type StoredRows = { hops: Versioned<HopRow>[]; members: Versioned<HopChainAccessRow>[]; chains: StoredHopChain[] }

/** What has just been linked: hops into the accesses of `scope`, of which there is none for those that nothing led to. */
export type Relinked = { scope: ReadonlySet<string>; hops: readonly Hop[]; accesses: ReadonlyMap<string, Access> }

/** The chains as they are once the stored hops into `scope` give way to the fresh ones. Pure. */
export function desire({ scope, hops, accesses }: Relinked, stored: Pick<StoredRows, 'hops' | 'members'>): Desired {
  const kept = stored.hops.filter(({ isDeleted, toAccess }) => !isDeleted && !scope.has(toAccess)).map(hopOf)
  const nodes = new Map(stored.members.map((row) => [row.accessId, memberAccess(row)]))
  for (const [id, access] of accesses) nodes.set(id, access)
  const chains = chainsOf([...kept, ...hops], nodes)
  return {
    hops: chains.flatMap((chain) => chain.hops.map((hop) => hopRow(hop, chain.id, nodes))).filter((row) => row !== null),
    members: chains.flatMap(membersOf),
    chains: chains.map(chainRow),
  }
}

/** The rows to write so that the store holds what is desired; none where it does already. Pure. */
export function changes(desired: Desired, stored: StoredRows): StoredRows {
  const hops = changed(desired.hops, stored.hops, ({ toAccess }) => toAccess)
  const members = changed(desired.members, stored.members, ({ accessId }) => accessId)
  const chainOf = new Map(desired.members.map(({ accessId, chainId }) => [accessId, chainId]))
  const live = new Set(desired.chains.map(({ id }) => id))
  const standing = changed(
    desired.chains.map(standingAlone),
    stored.chains.filter(({ id }) => live.has(id)),
    ({ id }) => id,
  )
  const left = stored.chains.filter((row) => !live.has(row.id) && !row.isDeleted && row.redirectTo === null)
  return { hops, members, chains: [...standing, ...left.map((row) => leftBehind(row, chainOf.get(row.rootAccess) ?? null))] }
}

// The first access of a chain that is no more has either joined another chain, or nothing leads from it any longer.
function leftBehind(row: StoredHopChain, redirectTo: string | null): StoredHopChain {
  return { ...row, redirectTo, isDeleted: redirectTo === null, version: row.version + 1 }
}

function standingAlone(row: HopChainRow): HopChainRow & { redirectTo: null } {
  return { ...row, redirectTo: null }
}

function changed<R extends object>(desired: readonly R[], stored: readonly Versioned<R>[], keyOf: (row: R) => string): Versioned<R>[] {
  const before = new Map(stored.map((row) => [keyOf(row), row]))
  const rows: Versioned<R>[] = []
  for (const row of desired) {
    const old = before.get(keyOf(row))
    before.delete(keyOf(row))
    const now = { ...row, isDeleted: false, version: old?.version ?? 0 }
    if (!old || !isSame(now, old)) rows.push({ ...now, version: now.version + 1 })
  }
  const gone = [...before.values()].filter(({ isDeleted }) => !isDeleted)
  return [...rows, ...gone.map((row) => ({ ...row, isDeleted: true, version: row.version + 1 }))]
}

function isSame(a: object, b: object): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

function membersOf({ id, accesses }: HopChain): HopChainAccessRow[] {
  return accesses.map(({ access, depth }) => memberRow(access, id, depth))
}
