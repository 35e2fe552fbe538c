import { Protocol } from '@hoptrace/events'
import { z } from 'zod'
import type { Parameters } from '../parameters.ts'
import type { Store } from '../store.ts'
import { HopClass, type Versioned } from './hops.ts'
import { inBatches } from './key-batches.ts'

/** A hop chain as lists show it. */
export const HopChainRow = z.object({
  id: z.string(),
  rootAccess: z.string(),
  rootPrincipals: z.array(z.string()),
  principals: z.array(z.string()),
  protocols: z.array(Protocol),
  /** In the order in which they were reached. */
  targets: z.array(z.string()),
  classes: z.array(HopClass),
  /** Microseconds since the epoch. */
  firstTs: z.int(),
  lastTs: z.int(),
  hops: z.int(),
  accesses: z.int(),
  refused: z.int(),
  maxDepth: z.int(),
  /** Thousandths of log-odds. */
  score: z.int(),
  weakestScore: z.int(),
  title: z.string(),
})
export type HopChainRow = z.infer<typeof HopChainRow>

/** `redirectTo`: the chain that this one became part of. */
export type StoredHopChain = Versioned<HopChainRow> & { redirectTo: string | null }
const Stored = HopChainRow.extend({ redirectTo: z.string().nullable(), isDeleted: z.boolean(), version: z.int() })

const COLUMNS = `toString(id) AS id, nullIf(redirect_to, '') AS redirectTo, root_access AS rootAccess, root_principals AS rootPrincipals,
  principals, protocols, targets, classes, toUnixTimestamp64Micro(first_ts) AS firstTs, toUnixTimestamp64Micro(last_ts) AS lastTs,
  hops, accesses, refused, max_depth AS maxDepth, score, weakest_score AS weakestScore, title, is_deleted AS isDeleted, version`

/** What an address of a chain leads to now. `gone`: no hop is left of it. */
export type FoundHopChain = { kind: 'chain'; chain: HopChainRow; isRedirected: boolean } | { kind: 'gone' } | { kind: 'unknown' }

export type HopChainsFilter = {
  /** Chains with an event in `[from, to)`, in microseconds since the epoch. */
  from?: number
  to?: number
  rootPrincipals?: readonly string[]
  targets?: readonly string[]
  /** Chains with this session, or refused attempt, as a node. */
  access?: string
  /** Continue after this row of the page before. */
  after?: { firstTs: number; id: string }
  limit?: number
}

/** A chain that became part of a chain that became part of another: more steps than this is a loop, which cannot be. */
const MAX_REDIRECTS = 64

/** Hop chains. One writer a tenant: the correlator. */
export class HopChains {
  constructor(private readonly store: Store) {}

  /** Follows redirects, so that every address that was ever given out leads somewhere. */
  async find(tenant: string, id: string): Promise<FoundHopChain> {
    let wanted = id
    for (let step = 0; step < MAX_REDIRECTS; step += 1) {
      const [row] = await this.findStored(tenant, [wanted])
      if (!row) return { kind: 'unknown' }
      if (row.isDeleted) return { kind: 'gone' }
      if (row.redirectTo === null) return { kind: 'chain', chain: liveOf(row), isRedirected: step > 0 }
      wanted = row.redirectTo
    }
    return { kind: 'gone' }
  }

  /** Latest first, by their first access. */
  async list(tenant: string, filter: HopChainsFilter = {}): Promise<HopChainRow[]> {
    const { where, params } = conditionsOf(filter)
    const rows = await this.store.query({
      name: 'hopChains.list',
      sql: `SELECT ${COLUMNS} FROM hop_chains FINAL
        WHERE tenant = {tenant:String} AND NOT is_deleted AND redirect_to = ''${where.map((each) => ` AND ${each}`).join('')}
        ORDER BY first_ts DESC, hop_chains.id DESC LIMIT {limit:UInt32}`,
      params: { tenant, limit: filter.limit ?? 100, ...params },
      row: Stored,
    })
    return rows.map(liveOf)
  }

  /** For the correlator: redirects and chains that are gone too. */
  findStored(tenant: string, all: readonly string[]): Promise<StoredHopChain[]> {
    return inBatches(all, (ids) =>
      this.store.query({
        name: 'hopChains.findStored',
        sql: `SELECT ${COLUMNS} FROM hop_chains FINAL WHERE tenant = {tenant:String}
        AND toString(hop_chains.id) IN (SELECT arrayJoin({ids:Array(String)})) ORDER BY hop_chains.id`,
        params: { tenant, ids },
        row: Stored,
      }),
    )
  }

  save(tenant: string, rows: readonly StoredHopChain[]): Promise<void> {
    return this.store.insert(
      'hop_chains',
      rows.map((row) => insertOf(tenant, row)),
    )
  }
}

function liveOf({ redirectTo: _, isDeleted: __, version: ___, ...chain }: StoredHopChain): HopChainRow {
  return chain
}

function conditionsOf(filter: HopChainsFilter): { where: string[]; params: Parameters } {
  const { from, to, rootPrincipals, targets, access, after } = filter
  const all: [string, Parameters | undefined][] = [
    ['last_ts >= fromUnixTimestamp64Micro({from:Int64})', from === undefined ? undefined : { from }],
    ['first_ts < fromUnixTimestamp64Micro({to:Int64})', to === undefined ? undefined : { to }],
    ['hasAny(root_principals, {rootPrincipals:Array(String)})', rootPrincipals && { rootPrincipals }],
    ['hasAny(targets, {targets:Array(String)})', targets && { targets }],
    [
      `hop_chains.id IN (SELECT chain_id FROM hop_chain_accesses FINAL WHERE tenant = {tenant:String} AND NOT is_deleted
        AND (access_id = {access:String} OR startsWith(access_id, concat({access:String}, '.'))))`,
      access === undefined ? undefined : { access },
    ],
    [
      `(toUnixTimestamp64Micro(first_ts), toString(hop_chains.id)) < ({afterTs:Int64}, {afterId:String})`,
      after && { afterTs: after.firstTs, afterId: after.id },
    ],
  ]
  const given = all.filter((each): each is [string, Parameters] => each[1] !== undefined)
  return { where: given.map(([sql]) => sql), params: Object.assign({}, ...given.map(([, params]) => params)) }
}

function insertOf(tenant: string, row: StoredHopChain): object {
  return {
    tenant,
    id: row.id,
    redirect_to: row.redirectTo ?? '',
    is_deleted: row.isDeleted,
    root_access: row.rootAccess,
    root_principals: row.rootPrincipals,
    principals: row.principals,
    protocols: row.protocols,
    targets: row.targets,
    classes: row.classes,
    first_ts: String(row.firstTs),
    last_ts: String(row.lastTs),
    hops: row.hops,
    accesses: row.accesses,
    refused: row.refused,
    max_depth: row.maxDepth,
    score: row.score,
    weakest_score: row.weakestScore,
    title: row.title,
    version: row.version,
  }
}
