import { DenyReason, Protocol } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from '../store.ts'
import type { Versioned } from './hops.ts'
import { inBatches } from './key-batches.ts'

/** A node of a hop chain: a session, a refused attempt, a use inside a session, or a pivot named in one that was not seen. */
export const HopChainAccessRow = z.object({
  accessId: z.string(),
  chainId: z.string(),
  /** Hops from the chain's first access. */
  depth: z.int(),
  kind: z.enum(['session', 'refused', 'use', 'unseen']),
  /** The session; of a refused attempt, the gateway's boot stream. */
  sessionId: z.string(),
  seq: z.int(),
  /** Milliseconds from the stream's beginning to the access's. */
  ms: z.int(),
  /** Microseconds since the epoch. */
  firstTs: z.int(),
  lastTs: z.int(),
  isOpen: z.boolean(),
  run: z.string().nullable(),
  lineage: z.array(z.string()),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  /** The caller's address. */
  origin: z.string().nullable(),
  protocol: Protocol.nullable(),
  target: z.string(),
  address: z.string().nullable(),
  account: z.string().nullable(),
  denyReason: DenyReason.nullable(),
})
export type HopChainAccessRow = z.infer<typeof HopChainAccessRow>

const Stored = HopChainAccessRow.extend({ isDeleted: z.boolean(), version: z.int() })

const COLUMNS = `access_id AS accessId, toString(chain_id) AS chainId, depth, kind, session_id AS sessionId, seq, ms,
  toUnixTimestamp64Micro(first_ts) AS firstTs, toUnixTimestamp64Micro(last_ts) AS lastTs, is_open AS isOpen, run, lineage, principal,
  root_principal AS rootPrincipal, origin, nullIf(toString(protocol), '') AS protocol, target, address, account,
  nullIf(toString(deny_reason), '') AS denyReason, is_deleted AS isDeleted, version`

/** Which chain each access is part of. One writer a tenant: the correlator. */
export class HopChainAccesses {
  constructor(private readonly store: Store) {}

  /** In the order in which they began. */
  async findByChain(tenant: string, chain: string): Promise<HopChainAccessRow[]> {
    const rows = await this.findByChains(tenant, [chain])
    return rows.filter(({ isDeleted }) => !isDeleted).map(({ isDeleted: _, version: __, ...row }) => row)
  }

  /** The chains that a session, its uses, or an access of any kind is part of. */
  async chainsOf(tenant: string, access: string): Promise<string[]> {
    const rows = await this.store.query({
      name: 'hopChainAccesses.chainsOf',
      sql: `SELECT DISTINCT toString(chain_id) AS chainId FROM hop_chain_accesses FINAL
        WHERE tenant = {tenant:String} AND (access_id = {access:String} OR startsWith(access_id, concat({access:String}, '.')))
          AND NOT is_deleted ORDER BY chainId`,
      params: { tenant, access },
      row: z.object({ chainId: z.string() }),
    })
    return rows.map(({ chainId }) => chainId)
  }

  /** For the correlator: rows of accesses that are in no chain any more too. */
  findByChains(tenant: string, chains: readonly string[]): Promise<Versioned<HopChainAccessRow>[]> {
    return this.select('findByChains', tenant, 'toString(chain_id) IN (SELECT arrayJoin({keys:Array(String)}))', chains)
  }

  /** For the correlator. */
  findByAccesses(tenant: string, accesses: readonly string[]): Promise<Versioned<HopChainAccessRow>[]> {
    return this.select('findByAccesses', tenant, 'access_id IN (SELECT arrayJoin({keys:Array(String)}))', accesses)
  }

  save(tenant: string, rows: readonly Versioned<HopChainAccessRow>[]): Promise<void> {
    return this.store.insert(
      'hop_chain_accesses',
      rows.map((row) => insertOf(tenant, row)),
    )
  }

  private select(name: string, tenant: string, where: string, all: readonly string[]): Promise<Versioned<HopChainAccessRow>[]> {
    return inBatches(all, (keys) =>
      this.store.query({
        name: `hopChainAccesses.${name}`,
        sql: `SELECT ${COLUMNS} FROM hop_chain_accesses FINAL WHERE tenant = {tenant:String} AND ${where} ORDER BY first_ts, access_id`,
        params: { tenant, keys },
        row: Stored,
      }),
    )
  }
}

function insertOf(tenant: string, row: Versioned<HopChainAccessRow>): object {
  return {
    tenant,
    access_id: row.accessId,
    chain_id: row.chainId,
    depth: row.depth,
    kind: row.kind,
    session_id: row.sessionId,
    seq: row.seq,
    ms: row.ms,
    first_ts: String(row.firstTs),
    last_ts: String(row.lastTs),
    is_open: row.isOpen,
    run: row.run,
    lineage: row.lineage,
    principal: row.principal,
    root_principal: row.rootPrincipal,
    origin: row.origin,
    protocol: row.protocol ?? '',
    target: row.target,
    address: row.address,
    account: row.account,
    deny_reason: row.denyReason ?? '',
    is_deleted: row.isDeleted,
    version: row.version,
  }
}
