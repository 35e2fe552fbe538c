import { Protocol } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Range } from '../http/range.ts'

/** Sessions whose requests are looked at; of more, the newest. */
export const MAX_SESSIONS = 2000
/** Different things done that are told apart. */
export const MAX_USES = 5000
const MAX_TARGETS = 500

/** Whose: who acted, or on whose behalf. */
export type Whose = { column: 'principal' | 'root_principal'; name: string }

const ProtocolOrNone = z.union([Protocol, z.literal('').transform(() => null)])
export const SummaryRow = z.object({
  id: z.string(),
  rootPrincipals: z.array(z.string()),
  protocols: z.array(Protocol),
  targets: z.number(),
  sessions: z.number(),
  refused: z.number(),
  firstUs: z.number(),
  lastUs: z.number(),
})
export const ReachedRow = z.object({
  target: z.string(),
  protocol: ProtocolOrNone,
  accounts: z.array(z.string()),
  sessions: z.number(),
  refused: z.number(),
  failures: z.number(),
  firstUs: z.number(),
  lastUs: z.number(),
  roots: z.array(z.string()),
})
export type ReachedRow = z.infer<typeof ReachedRow>
const SessionRow = z.object({ id: z.string(), target: z.string(), protocol: Protocol })

/** One kind of thing that was done at a target, and how often. */
export const UseRow = z.object({
  target: z.string(),
  protocol: Protocol,
  type: z.string(),
  verb: z.string(),
  group: z.string(),
  resource: z.string().nullable(),
  subresource: z.string().nullable(),
  namespace: z.string().nullable(),
  path: z.string(),
  isDiscovery: z.boolean(),
  count: z.number(),
})
export type UseRow = z.infer<typeof UseRow>

// One row a session, with a refused attempt as one more: what both tables say of who reached what.
const TOUCHED = `SELECT max(s.principal) AS principal, max(s.root_principal) AS root_principal, max(target_name) AS target,
    max(target_protocol) AS protocol, max(target_account) AS account, 1 AS session, 0 AS refusal,
    groupBitmapIfMerge(s.failures) AS failed, min(s.first_ts) AS first, max(s.last_ts) AS last
  FROM session_rollups AS s WHERE tenant = {tenant:String}
    AND UUIDv7ToDateTime(session_id, 'UTC') >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 31 DAY
    AND UUIDv7ToDateTime(session_id, 'UTC') < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC') + INTERVAL 1 SECOND
  GROUP BY session_id HAVING target != '' AND toUnixTimestamp64Micro(last) >= {fromUs:Int64} AND toUnixTimestamp64Micro(first) < {toUs:Int64}
  UNION ALL
  SELECT any(d.principal) AS principal, any(d.root_principal) AS root_principal, any(asked_target) AS target, any(toString(asked_protocol)) AS protocol,
    ifNull(any(asked_account), '') AS account, 0 AS session, 1 AS refusal, 0 AS failed, min(d.ts) AS first, max(d.ts) AS last
  FROM denials AS d WHERE tenant = {tenant:String} AND toStartOfHour(d.ts) >= toStartOfHour(fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC'))
    AND d.ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND d.ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
  GROUP BY session_id, seq`

/** Who reached what, of one tenant. */
export class PrincipalsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** By name; one row more than the limit, when there is one. */
  list(range: Range, limit: number, after: string | null): Promise<z.infer<typeof SummaryRow>[]> {
    return this.store.query({
      name: 'api.principals.list',
      sql: `SELECT ifNull(principal, '') AS id, groupUniqArrayIf(20)(ifNull(root_principal, ''), root_principal IS NOT NULL) AS rootPrincipals,
          arraySort(groupUniqArrayIf(protocol, protocol != '')) AS protocols, uniqExact(target) AS targets, sum(session) AS sessions,
          sum(refusal) AS refused, toUnixTimestamp64Micro(min(first)) AS firstUs, toUnixTimestamp64Micro(max(last)) AS lastUs
        FROM (${TOUCHED}) WHERE principal IS NOT NULL AND principal > {after:String} GROUP BY id ORDER BY id LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, ...range, after: after ?? '', rows: limit + 1 },
      row: SummaryRow,
    })
  }

  /** By which column a name is known here; null where it is not. */
  async whose(name: string): Promise<Whose | null> {
    for (const column of ['principal', 'root_principal'] as const) {
      const rows = await this.store.query({
        name: 'api.principals.whose',
        sql: `SELECT 1 AS one FROM (SELECT 1 FROM session_rollups WHERE tenant = {tenant:String} AND ${column} = {name:String} LIMIT 1
          UNION ALL SELECT 1 FROM denials WHERE tenant = {tenant:String} AND ${column} = {name:String} LIMIT 1) LIMIT 1`,
        params: { tenant: this.tenant, name },
        row: z.object({ one: z.number() }),
      })
      if (rows.length > 0) return { column, name }
    }
    return null
  }

  /** Targets that were reached or refused, latest first, at most 500. */
  reached({ column, name }: Whose, range: Range): Promise<ReachedRow[]> {
    return this.store.query({
      name: 'api.principals.reached',
      sql: `SELECT target, protocol, arraySort(groupUniqArrayIf(50)(account, account != '')) AS accounts, sum(session) AS sessions,
          sum(refusal) AS refused, sum(failed) AS failures, toUnixTimestamp64Micro(min(first)) AS firstUs,
          toUnixTimestamp64Micro(max(last)) AS lastUs, groupUniqArrayIf(20)(ifNull(root_principal, ''), root_principal IS NOT NULL) AS roots
        FROM (${TOUCHED}) WHERE ${column} = {name:String} GROUP BY target, protocol ORDER BY lastUs DESC, target LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, ...range, name, rows: MAX_TARGETS },
      row: ReachedRow,
    })
  }

  /** Newest first; one more than is looked at, when there is one. */
  sessions({ column, name }: Whose, range: Range): Promise<z.infer<typeof SessionRow>[]> {
    return this.store.query({
      name: 'api.principals.sessions',
      sql: `SELECT toString(session_id) AS id, max(target_name) AS target, max(target_protocol) AS protocol
        FROM session_rollups AS s WHERE tenant = {tenant:String} AND ${column} = {name:String}
          AND UUIDv7ToDateTime(session_id, 'UTC') >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 31 DAY
        GROUP BY session_id HAVING protocol != '' AND toUnixTimestamp64Micro(max(s.last_ts)) >= {fromUs:Int64}
          AND toUnixTimestamp64Micro(min(s.first_ts)) < {toUs:Int64}
        ORDER BY UUIDv7ToDateTime(session_id, 'UTC') DESC, id LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, ...range, name, rows: MAX_SESSIONS + 1 },
      row: SessionRow,
    })
  }

  /** What was done in these sessions, kind by kind; what the gateway refused was not done. One row more than MAX_USES, when there is one. */
  async uses(sessions: readonly string[]): Promise<UseRow[]> {
    if (sessions.length === 0) return []
    return this.store.query({
      name: 'api.principals.uses',
      sql: `SELECT toString(target_name) AS target, toString(target_protocol) AS protocol, toString(type) AS type, ${VERB} AS verb,
          told.1 AS \`group\`, told.2 AS resource, told.3 AS subresource, told.4 AS namespace,
          if(type = 'http.request', splitByChar('?', told.5)[1], '') AS path, told.6 AS isDiscovery, uniqExact(session_id, seq) AS count
        FROM (SELECT session_id, seq, target_name, target_protocol, type, content, JSONExtract(content, 'body', 'Tuple(\`group\` String,
            resource Nullable(String), subresource Nullable(String), namespace Nullable(String), path String, isDiscovery Bool)') AS told
          FROM session_events WHERE ${OF_SESSIONS} AND type IN ('sql.statement', 'ssh.exec', 'ssh.subsystem', 'ssh.forward', 'http.request',
            'kubernetes.request') AND (session_id, seq) NOT IN (${REFUSED}))
        WHERE verb != '' GROUP BY target, protocol, type, verb, \`group\`, resource, subresource, namespace, path, isDiscovery
        ORDER BY count DESC, target, verb, path, resource, namespace LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, ids: sessions, rows: MAX_USES + 1 },
      row: UseRow,
    })
  }
}

const OF_SESSIONS = `tenant = {tenant:String} AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))`
const REFUSED = `SELECT session_id, toUInt32(JSONExtractUInt(content, 'body', 'request')) FROM session_events
  WHERE ${OF_SESSIONS} AND type = 'http.response' AND JSONExtractString(content, 'body', 'refused') != ''`
const VERB = `multiIf(type = 'sql.statement', JSONExtractString(content, 'body', 'kind'),
  type = 'ssh.exec', if(JSONExtractString(content, 'body', 'command') = '', 'shell', 'exec'),
  type = 'ssh.subsystem', if(JSONExtractBool(content, 'body', 'isAccepted'), JSONExtractString(content, 'body', 'name'), ''),
  type = 'ssh.forward', if(JSONExtractString(content, 'body', 'phase') = 'opened', 'forward', ''),
  type = 'http.request', JSONExtractString(content, 'body', 'method'), JSONExtractString(content, 'body', 'verb'))`
