import { DenyReason, Protocol } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { AccessKind, type ChainsQuery, EvidenceClass } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import type { Range } from '../http/range.ts'

export const ChainRow = z.object({
  id: z.string(),
  redirectTo: z.string(),
  rootPrincipals: z.array(z.string()),
  principals: z.array(z.string()),
  protocols: z.array(Protocol),
  targets: z.array(z.string()),
  classes: z.array(EvidenceClass),
  firstUs: z.number(),
  lastUs: z.number(),
  hops: z.number(),
  accesses: z.number(),
  refused: z.number(),
  weakestScore: z.number(),
  title: z.string(),
})
export type ChainRow = z.infer<typeof ChainRow>

export const AccessRow = z.object({
  accessId: z.string(),
  depth: z.number(),
  kind: AccessKind,
  sessionId: z.string(),
  seq: z.number(),
  ms: z.number(),
  firstUs: z.number(),
  lastUs: z.number(),
  isOpen: z.boolean(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  protocol: z.union([Protocol, z.literal('').transform(() => null)]),
  target: z.string(),
  address: z.string().nullable(),
  account: z.string().nullable(),
  denyReason: z.union([DenyReason, z.literal('').transform(() => null)]),
})
export type AccessRow = z.infer<typeof AccessRow>

export const HopRow = z.object({
  id: z.string(),
  fromAccess: z.string(),
  toAccess: z.string(),
  class: EvidenceClass,
  score: z.number(),
  sentence: z.string(),
  evidence: z.string(),
  alternatives: z.string(),
})
export type HopRow = z.infer<typeof HopRow>

const CHAIN_COLUMNS = `toString(c.id) AS id, redirect_to AS redirectTo, root_principals AS rootPrincipals, principals, protocols, targets, classes,
  toUnixTimestamp64Micro(first_ts) AS firstUs, toUnixTimestamp64Micro(last_ts) AS lastUs, hops, accesses, refused, weakest_score AS weakestScore, title`

const Place = z.tuple([z.int(), z.string()])

/** Hop chains as the correlator stored them. */
export class ChainsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Chains that overlap the range, newest first; one row more than the limit, when there is one. */
  list(query: Omit<ChainsQuery, 'from' | 'to'>, range: Range): Promise<ChainRow[]> {
    const after = decodeCursor(query.cursor, Place)
    const { rootPrincipal = [], target = [], session } = query
    const where = [
      rootPrincipal.length > 0 ? 'AND hasAny(root_principals, {roots:Array(String)})' : '',
      target.length > 0 ? 'AND hasAny(targets, {targets:Array(String)})' : '',
      session === undefined ? '' : `AND c.id IN (${CHAINS_OF_SESSION})`,
      after ? 'AND (firstUs, toString(c.id)) < ({afterUs:Int64}, {afterId:String})' : '',
    ]
    return this.store.query({
      name: 'api.chains.list',
      sql: `SELECT ${CHAIN_COLUMNS} FROM hop_chains AS c FINAL
        WHERE tenant = {tenant:String} AND redirect_to = '' AND NOT is_deleted AND firstUs < {toUs:Int64} AND lastUs >= {fromUs:Int64} ${where.join(' ')}
        ORDER BY firstUs DESC, id DESC LIMIT {rows:UInt32}`,
      params: {
        tenant: this.tenant,
        ...range,
        rows: query.limit + 1,
        roots: rootPrincipal,
        targets: target,
        ...(session === undefined ? {} : { session }),
        ...(after ? { afterUs: after[0], afterId: after[1] } : {}),
      },
      row: ChainRow,
    })
  }

  async hasAny(): Promise<boolean> {
    const sql = 'SELECT 1 AS one FROM hop_chains WHERE tenant = {tenant:String} LIMIT 1'
    const rows = await this.store.query({
      name: 'api.chains.hasAny',
      sql,
      params: { tenant: this.tenant },
      row: z.object({ one: z.number() }),
    })
    return rows.length > 0
  }

  /** Null for an unknown chain, and for one that no hop is left of. */
  async find(id: string): Promise<ChainRow | null> {
    const rows = await this.store.query({
      name: 'api.chains.find',
      sql: `SELECT ${CHAIN_COLUMNS} FROM hop_chains AS c FINAL
        WHERE tenant = {tenant:String} AND c.id = {id:String} AND (NOT is_deleted OR redirect_to != '')`,
      params: { tenant: this.tenant, id },
      row: ChainRow,
    })
    return rows[0] ?? null
  }

  /** Those of these chains that stand by themselves, newest first. */
  findAll(ids: readonly string[]): Promise<ChainRow[]> {
    if (ids.length === 0) return Promise.resolve([])
    return this.store.query({
      name: 'api.chains.findAll',
      sql: `SELECT ${CHAIN_COLUMNS} FROM hop_chains AS c FINAL WHERE tenant = {tenant:String} AND NOT is_deleted AND redirect_to = ''
          AND has({ids:Array(String)}, toString(c.id)) ORDER BY firstUs DESC, id DESC`,
      params: { tenant: this.tenant, ids },
      row: ChainRow,
    })
  }

  accesses(chain: string): Promise<AccessRow[]> {
    return this.store.query({
      name: 'api.chains.accesses',
      sql: `SELECT access_id AS accessId, depth, kind, toString(session_id) AS sessionId, seq, ms, toUnixTimestamp64Micro(first_ts) AS firstUs,
          toUnixTimestamp64Micro(last_ts) AS lastUs, is_open AS isOpen, run, principal, root_principal AS rootPrincipal, protocol, target,
          address, account, deny_reason AS denyReason
        FROM hop_chain_accesses AS a FINAL
        WHERE tenant = {tenant:String} AND a.chain_id = {chain:String} AND NOT is_deleted ORDER BY firstUs, accessId`,
      params: { tenant: this.tenant, chain },
      row: AccessRow,
    })
  }

  hops(chain: string): Promise<HopRow[]> {
    return this.store.query({
      name: 'api.chains.hops',
      sql: `SELECT toString(h.id) AS id, from_access AS fromAccess, to_access AS toAccess, class, score, sentence, evidence, alternatives
        FROM hops AS h FINAL WHERE tenant = {tenant:String} AND h.chain_id = {chain:String} AND NOT is_deleted ORDER BY to_ts, to_access`,
      params: { tenant: this.tenant, chain },
      row: HopRow,
    })
  }

  /** Ids of the chains that a session is a node of. */
  async ofSession(session: string): Promise<string[]> {
    const rows = await this.store.query({
      name: 'api.chains.ofSession',
      sql: CHAINS_OF_SESSION,
      params: { tenant: this.tenant, session },
      row: z.object({ chain: z.string() }),
    })
    return rows.map((row) => row.chain)
  }
}

const CHAINS_OF_SESSION = `SELECT DISTINCT toString(chain_id) AS chain FROM hop_chain_accesses FINAL
  WHERE tenant = {tenant:String} AND session_id = {session:UUID} AND kind != 'refused' AND NOT is_deleted`
