import { ObservableKind } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

export const HopClass = z.enum([
  'credential-flow',
  'delegation',
  'target-flow',
  'origin',
  'pivot-command',
  'trace-id',
  'same-root',
  'timing',
])
export type HopClass = z.infer<typeof HopClass>

/** One end of a hop, to replay. */
export const HopEndColumn = z.object({
  session: z.string(),
  seq: z.int(),
  /** Microseconds since the epoch. */
  tsUs: z.int(),
  /** Milliseconds since the session began. */
  ms: z.int(),
  /** JSON pointer (RFC 6901) into the event's body; empty when the whole event is meant. */
  at: z.string(),
  /** UTF-16 units into that field. */
  offset: z.int().nullable(),
})

export const HopEvidenceColumn = z.object({
  class: HopClass,
  score: z.int(),
  isLink: z.boolean(),
  fromAccess: z.string(),
  from: HopEndColumn,
  to: HopEndColumn,
  observable: z.object({ kind: ObservableKind, digest: z.string(), value: z.string().nullable() }).nullable(),
  /** What the score rests on: the run that minted, how many callers saw the value. */
  basis: z.record(z.string(), z.union([z.string(), z.number()])),
  sentence: z.string(),
})
export type HopEvidenceColumn = z.infer<typeof HopEvidenceColumn>
export const HopAlternativeColumn = z.object({ fromAccess: z.string(), class: HopClass, score: z.int() })

/** What led to an access: the best parent, why, and the runners-up. Scores are thousandths of log-odds. */
export const HopRow = z.object({
  id: z.string(),
  chainId: z.string(),
  fromAccess: z.string(),
  toAccess: z.string(),
  /** Of the strongest evidence, and so are `from`, `to` and `sentence`. */
  class: HopClass,
  score: z.int(),
  from: HopEndColumn,
  to: HopEndColumn,
  sentence: z.string(),
  /** Strongest first. */
  evidence: z.array(HopEvidenceColumn),
  /** Best first. */
  alternatives: z.array(HopAlternativeColumn),
})
export type HopRow = z.infer<typeof HopRow>

/** A row and how often it was written. `isDeleted`: nothing is known any more to have led to that access. */
export type Versioned<R> = R & { isDeleted: boolean; version: number }

const json = z.string().transform((text): unknown => JSON.parse(text))
const Stored = z
  .object({
    ...HopRow.omit({ from: true, to: true, evidence: true, alternatives: true }).shape,
    evidence: json.pipe(HopRow.shape.evidence),
    alternatives: json.pipe(HopRow.shape.alternatives),
    fromEnd: z.tuple([z.string(), z.int(), z.int(), z.int(), z.string(), z.int().nullable()]),
    toEnd: z.tuple([z.string(), z.int(), z.int(), z.int(), z.string(), z.int().nullable()]),
    isDeleted: z.boolean(),
    version: z.int(),
  })
  .transform(({ fromEnd, toEnd, ...row }): Versioned<HopRow> => ({ ...row, from: endOf(fromEnd), to: endOf(toEnd) }))

const end = (side: 'from' | 'to') =>
  `tuple(${side}_session, ${side}_seq, toUnixTimestamp64Micro(${side}_ts), ${side}_ms, ${side}_at, ${side}_offset) AS ${side}End`
const COLUMNS = `toString(id) AS id, toString(chain_id) AS chainId, from_access AS fromAccess, to_access AS toAccess, class, score,
  ${end('from')}, ${end('to')}, sentence, evidence, alternatives, is_deleted AS isDeleted, version`

const INSIDE = `to_session IN (SELECT arrayJoin({sessions:Array(UUID)})) AND startsWith(to_access, concat(toString(to_session), '.'))`
const OF_CHAINS = 'toString(chain_id) IN (SELECT arrayJoin({chains:Array(String)}))'

/** The best hop into each access. One writer a tenant: the correlator. */
export class Hops {
  constructor(private readonly store: Store) {}

  /** In the order in which the later events happened. */
  findByChain(tenant: string, chain: string): Promise<HopRow[]> {
    return this.live(this.select('findByChain', tenant, OF_CHAINS, { chains: [chain] }))
  }

  /** Null when no hop has that id now: a better parent, or late events, may have replaced it. */
  async find(tenant: string, id: string): Promise<HopRow | null> {
    const rows = await this.live(this.select('find', tenant, 'hops.id = toFixedString({id:String}, 32)', { id: id.slice(0, 32) }))
    return rows[0] ?? null
  }

  /** For the correlator: rows that say "no hop" too. */
  findByChains(tenant: string, chains: readonly string[]): Promise<Versioned<HopRow>[]> {
    return inBatches(chains, (batch) => this.select('findByChains', tenant, OF_CHAINS, { chains: batch }))
  }

  /** For the correlator: hops into these accesses, and into uses inside these sessions. */
  async findInto(tenant: string, accesses: readonly string[], sessions: readonly string[]): Promise<Versioned<HopRow>[]> {
    const into = await inBatches(accesses, (batch) =>
      this.select('findInto', tenant, 'to_access IN (SELECT arrayJoin({accesses:Array(String)}))', { accesses: batch }),
    )
    const inside = await inBatches(sessions, (batch) => this.select('findInside', tenant, INSIDE, { sessions: batch }))
    return [...new Map([...into, ...inside].map((row) => [row.toAccess, row])).values()]
  }

  save(tenant: string, rows: readonly Versioned<HopRow>[]): Promise<void> {
    return this.store.insert(
      'hops',
      rows.map((row) => insertOf(tenant, row)),
    )
  }

  private async live(rows: Promise<Versioned<HopRow>[]>): Promise<HopRow[]> {
    return (await rows).filter(({ isDeleted }) => !isDeleted).map(({ isDeleted: _, version: __, ...row }) => row)
  }

  private select(name: string, tenant: string, where: string, params: Record<string, string | readonly string[]>) {
    return this.store.query({
      name: `hops.${name}`,
      // FINAL before the filter: a row whose newer version moved elsewhere must not show in its old place.
      sql: `SELECT ${COLUMNS} FROM hops FINAL WHERE tenant = {tenant:String} AND ${where} ORDER BY to_ts, to_access`,
      params: { tenant, ...params },
      row: Stored,
    })
  }
}

function endOf([session, seq, tsUs, ms, at, offset]: [string, number, number, number, string, number | null]): HopRow['from'] {
  return { session, seq, tsUs, ms, at, offset }
}

function insertOf(tenant: string, row: Versioned<HopRow>): object {
  return {
    tenant,
    to_access: row.toAccess,
    id: row.id,
    from_access: row.fromAccess,
    chain_id: row.chainId,
    class: row.class,
    score: row.score,
    ...columnsOf('from', row.from),
    ...columnsOf('to', row.to),
    sentence: row.sentence,
    evidence: JSON.stringify(row.evidence),
    alternatives: JSON.stringify(row.alternatives),
    is_deleted: row.isDeleted,
    version: row.version,
  }
}

function columnsOf(side: 'from' | 'to', { session, seq, tsUs, ms, at, offset }: HopRow['from']): object {
  return {
    [`${side}_session`]: session,
    [`${side}_seq`]: seq,
    [`${side}_ts`]: String(tsUs),
    [`${side}_ms`]: ms,
    [`${side}_at`]: at,
    [`${side}_offset`]: offset,
  }
}
