import { z } from 'zod'
import type { Parameters } from '../parameters.ts'
import type { Store } from '../store.ts'

/** A session (or a gateway's boot stream) as its events add up. Empty strings of the table are null here. */
export const SessionRow = z.object({
  sessionId: z.string(),
  isBoot: z.boolean(),
  gatewayId: z.string(),
  bootId: z.string(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  lineage: z.array(z.string()),
  originAddress: z.string().nullable(),
  originPort: z.int().nullable(),
  originClient: z.string().nullable(),
  targetName: z.string().nullable(),
  targetProtocol: z.string().nullable(),
  targetAddress: z.string().nullable(),
  targetAccount: z.string().nullable(),
  client: z.string().nullable(),
  database: z.string().nullable(),
  importedFile: z.string().nullable(),
  /** Microseconds since the epoch, in decimal. */
  firstTs: z.string(),
  lastTs: z.string(),
  elapsedUs: z.int(),
  lastSeq: z.int(),
  /** Null while the session is open. */
  endReason: z.string().nullable(),
  events: z.int(),
  /** Declared by the recording itself. */
  gaps: z.int(),
  commands: z.int(),
  failures: z.int(),
  /** As far as seqs and hashes tell; `verifySessions` recomputes and walks them. */
  completeness: z.enum(['complete', 'unfinished', 'gap', 'conflict']),
})
export type SessionRow = z.infer<typeof SessionRow>

/**
 * One row a session, for use as a subquery: `SELECT … FROM (${sessionsSql()}) WHERE …`.
 * Binds `{tenant:String}`; `where` narrows by the table's key (`session_id`, its hour) before anything is merged.
 */
export function sessionsSql(where = '1'): string {
  return `SELECT session_id AS sessionId, max(s.is_boot) AS isBoot, max(s.gateway_id) AS gatewayId, max(s.boot_id) AS bootId,
    max(s.run) AS run, max(s.principal) AS principal, max(s.root_principal) AS rootPrincipal, max(s.lineage) AS lineage,
    nullIf(max(s.origin_address), '') AS originAddress, nullIf(max(s.origin_port), 0) AS originPort, max(s.origin_client) AS originClient,
    nullIf(max(s.target_name), '') AS targetName, nullIf(max(s.target_protocol), '') AS targetProtocol,
    nullIf(max(s.target_address), '') AS targetAddress, nullIf(max(s.target_account), '') AS targetAccount,
    max(s.client) AS client, max(s.database) AS database, max(s.imported_file) AS importedFile,
    toString(toUnixTimestamp64Micro(min(s.first_ts))) AS firstTs, toString(toUnixTimestamp64Micro(max(s.last_ts))) AS lastTs,
    max(s.elapsed_us) AS elapsedUs, max(s.last_seq) AS lastSeq, nullIf(max(s.end_reason), '') AS endReason,
    groupBitmapMerge(s.seqs) AS events, groupBitmapIfMerge(s.gaps) AS gaps, groupBitmapIfMerge(s.commands) AS commands,
    groupBitmapIfMerge(s.failures) AS failures,
    multiIf(uniqExactMerge(s.hashes) > events, 'conflict', events < lastSeq + 1 OR gaps > 0, 'gap', endReason IS NULL, 'unfinished', 'complete')
      AS completeness
    FROM session_rollups AS s WHERE tenant = {tenant:String} AND (${where}) GROUP BY tenant, session_id`
}

/**
 * Does a row of the roll-up, as it is stored, not show a whole session by itself? False of most rows once they are merged; true
 * of some row of each session that is not complete. An index of the table holds this very expression, word for word.
 */
export const IS_PARTIAL_ROW = `if(end_reason = '' OR finalizeAggregation(seqs) <= last_seq OR finalizeAggregation(gaps) > 0
  OR finalizeAggregation(hashes) > finalizeAggregation(seqs), 1, 0) = 1`

/** Which sessions: started in `[from, to)`, in microseconds since the epoch. */
export type SessionsFilter = { from?: string; to?: string; isBoot?: boolean; limit?: number }

export class Sessions {
  constructor(private readonly store: Store) {}

  async find(tenant: string, session: string): Promise<SessionRow | null> {
    const sql = sessionsSql(
      `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC')) AND session_id = {session:UUID}`,
    )
    const rows = await this.store.query({ name: 'sessions.find', sql, params: { tenant, session }, row: SessionRow })
    return rows[0] ?? null
  }

  /** Latest first. */
  list(tenant: string, filter: SessionsFilter = {}): Promise<SessionRow[]> {
    return this.store.query(listQuery('sessions.list', tenant, filter))
  }

  stream(tenant: string, filter: SessionsFilter = {}): AsyncIterable<SessionRow> {
    return this.store.stream(listQuery('sessions.stream', tenant, filter))
  }
}

function listQuery(name: string, tenant: string, { from, to, isBoot = false, limit = 1_000_000 }: SessionsFilter) {
  const range: string[] = [`isBoot = ${isBoot}`]
  const params: Parameters = { tenant, limit, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  if (from !== undefined) range.push('toInt64(firstTs) >= {from:Int64}')
  if (to !== undefined) range.push('toInt64(firstTs) < {to:Int64}')
  const sql = `SELECT * FROM (${sessionsSql()}) WHERE ${range.join(' AND ')} ORDER BY toInt64(firstTs) DESC, sessionId LIMIT {limit:UInt32}`
  return { name, sql, params, row: SessionRow }
}
