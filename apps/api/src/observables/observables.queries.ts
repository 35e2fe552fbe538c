import { ObservableKind, ObservableRole, Protocol } from '@hoptrace/events'
import { RecordedActs, type Store } from '@hoptrace/store'
import { z } from 'zod'

/** Sightings that are read of one value; of more, the latest. */
export const MAX_READ = 5000
const MAX_CHAINS = 50

const SightingRow = z.object({
  sessionId: z.string(),
  seq: z.number(),
  role: ObservableRole,
  type: z.string(),
  field: z.string(),
  tsUs: z.number(),
  elapsedUs: z.number(),
  value: z.string().nullable(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  target: z.string().nullable(),
  protocol: Protocol.nullable(),
})
/** `account`, and for an attempt that was refused whose it was, are filled in from beside. */
export type SightingRow = z.infer<typeof SightingRow> & { account: string | null; isAccepted: boolean | null }

const Decided = z.object({
  sessionId: z.string(),
  seq: z.number(),
  outcome: z.string(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  target: z.string().nullable(),
  protocol: z.union([Protocol, z.literal('').transform(() => null)]).nullable(),
  account: z.string().nullable(),
})
type Decided = z.infer<typeof Decided>

const IN_HOURS = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN
  (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))`
/** What a target answers to whom it does not let in (RFC 9110, 15.5.2, 15.5.4, 15.5.8). */
const REFUSING = new Set([401, 403, 407])

/** Where a value was seen, of one tenant. */
export class ObservablesQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Latest first, at most MAX_READ. */
  async sightings(kind: ObservableKind, digest: string): Promise<SightingRow[]> {
    const rows = await this.store.query({
      name: 'api.observables.sightings',
      sql: `SELECT toString(o.session_id) AS sessionId, o.seq AS seq, role, type, o.at AS field, toUnixTimestamp64Micro(o.ts) AS tsUs,
          elapsed_us AS elapsedUs, value, toString(run) AS run, principal, root_principal AS rootPrincipal,
          nullIf(toString(target_name), '') AS target, nullIf(toString(target_protocol), '') AS protocol
        FROM observables AS o FINAL WHERE tenant = {tenant:String} AND digest = toFixedString({digest:String}, 32) AND kind = {kind:String}
        ORDER BY tsUs DESC, sessionId DESC, seq DESC, role, field LIMIT {most:UInt32}`,
      params: { tenant: this.tenant, digest, kind, most: MAX_READ },
      row: SightingRow,
    })
    return this.withOutcomes(rows)
  }

  /** How often each of these digests was seen, and when last; microseconds since the epoch. */
  async counts(digests: readonly string[]): Promise<Map<string, { sightings: number; lastUs: number }>> {
    const rows = await this.store.query({
      name: 'api.observables.counts',
      sql: `SELECT toString(digest) AS digest, uniqExact(session_id, seq, role, at) AS sightings, toUnixTimestamp64Micro(max(o.ts)) AS lastUs
        FROM observables AS o WHERE tenant = {tenant:String}
          AND digest IN (SELECT toFixedString(arrayJoin({digests:Array(String)}), 32)) GROUP BY digest`,
      params: { tenant: this.tenant, digests },
      row: z.object({ digest: z.string(), sightings: z.number(), lastUs: z.number() }),
    })
    return new Map(rows.map(({ digest, ...count }) => [digest, count]))
  }

  /** Chains in which a hop rests on the value, newest first, at most 50. */
  async chains(kind: ObservableKind, digest: string): Promise<string[]> {
    const rows = await this.store.query({
      name: 'api.observables.chains',
      sql: `SELECT toString(h.chain_id) AS chain FROM hops AS h FINAL WHERE tenant = {tenant:String} AND NOT is_deleted
          AND position(evidence, {digest:String}) > 0 AND arrayExists(each -> JSONExtractString(each, 'observable', 'digest') = {digest:String}
            AND JSONExtractString(each, 'observable', 'kind') = {kind:String}, JSONExtractArrayRaw(evidence))
        GROUP BY chain ORDER BY max(to_ts) DESC, chain LIMIT {most:UInt32}`,
      params: { tenant: this.tenant, digest, kind, most: MAX_CHAINS },
      row: z.object({ chain: z.string() }),
    })
    return rows.map(({ chain }) => chain)
  }

  private async withOutcomes(rows: readonly z.infer<typeof SightingRow>[]): Promise<SightingRow[]> {
    const refs = (types: readonly string[]) => rows.filter(({ type, role }) => types.includes(type) && role !== 'answered')
    const [decided, statuses, accounts] = await Promise.all([
      this.decided(refs(['access.decided'])),
      new RecordedActs(this.store).statuses(this.tenant, refs(['http.request', 'kubernetes.request'])),
      this.accounts([...new Set(rows.map(({ sessionId }) => sessionId))]),
    ])
    return rows.map((row) => {
      const decision = decided.get(keyOf(row))
      const status = statuses.get(keyOf(row))
      const account = decision?.account ?? accounts.get(row.sessionId) ?? null
      const answered = status === undefined ? null : !REFUSING.has(status)
      if (!decision) return { ...row, account, isAccepted: row.role === 'presented' ? answered : null }
      const { run, principal, rootPrincipal, target, protocol } = decision
      const whose = { run: row.run ?? run, principal: row.principal ?? principal, rootPrincipal: row.rootPrincipal ?? rootPrincipal }
      const where = { target: row.target ?? target, protocol: row.protocol ?? protocol, account }
      return { ...row, ...whose, ...where, isAccepted: decision.outcome === 'allow' }
    })
  }

  /** A refusal stands in a stream that is nobody's: who asked, and for what, stands in its body. */
  private async decided(refs: readonly { sessionId: string; seq: number }[]): Promise<Map<string, Decided>> {
    if (refs.length === 0) return new Map()
    const by = (member: string, type: string) => `JSONExtract(content, 'body', 'by', '${member}', '${type}')`
    const asked = (member: string) => `JSONExtract(content, 'body', 'asked', '${member}', 'Nullable(String)')`
    const rows = await this.store.query({
      name: 'api.observables.decided',
      sql: `SELECT toString(e.session_id) AS sessionId, e.seq AS seq, toString(outcome) AS outcome,
          toString(coalesce(${by('run', 'Nullable(UUID)')}, e.run)) AS run,
          coalesce(${by('principal', 'Nullable(String)')}, toString(e.principal)) AS principal,
          coalesce(${by('rootPrincipal', 'Nullable(String)')}, toString(e.root_principal)) AS rootPrincipal,
          ${asked('target')} AS target, ${asked('protocol')} AS protocol, ${asked('account')} AS account
        FROM session_events AS e WHERE tenant = {tenant:String} AND type = 'access.decided' AND ${IN_HOURS}
          AND (session_id, seq) IN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k)
        ORDER BY sessionId, seq, hash LIMIT 1 BY sessionId, seq`,
      params: { tenant: this.tenant, ids: refs.map(({ sessionId }) => sessionId), seqs: refs.map(({ seq }) => seq) },
      row: Decided,
    })
    return new Map(rows.map((row) => [keyOf(row), row]))
  }

  private async accounts(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await this.store.query({
      name: 'api.observables.accounts',
      sql: `SELECT toString(session_id) AS id, max(target_account) AS account FROM session_rollups
        WHERE tenant = {tenant:String} AND (UUIDv7ToDateTime(session_id, 'UTC'), session_id) IN (
          SELECT UUIDv7ToDateTime(each, 'UTC'), each FROM (SELECT arrayJoin({ids:Array(UUID)}) AS each))
        GROUP BY session_id HAVING account != ''`,
      params: { tenant: this.tenant, ids },
      row: z.object({ id: z.string(), account: z.string() }),
    })
    return new Map(rows.map(({ id, account }) => [id, account]))
  }
}

function keyOf({ sessionId, seq }: { sessionId: string; seq: number }): string {
  return `${sessionId}/${seq}`
}
