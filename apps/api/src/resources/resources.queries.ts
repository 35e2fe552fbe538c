import type { Store } from '@hoptrace/store'
import { z } from 'zod'

const OF_SESSION = `tenant = {tenant:String} AND session_id = {session:UUID}
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))`

const text = (member: string) => `JSONExtractString(content, 'body', '${member}')`

/** How often one thing was done to one resource. */
export const UseRow = z.object({
  type: z.string(),
  group: z.string(),
  resource: z.string(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  path: z.string(),
  verb: z.string(),
  requests: z.number(),
  failed: z.number(),
  worstStatus: z.number().nullable(),
  firstSeq: z.number(),
  isDiscovery: z.boolean(),
})
export type UseRow = z.infer<typeof UseRow>

/** Counts what the requests of one session were for. */
export class ResourcesQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** At most `limit` of them, in the order of the tree. Requests of discovery are one row. */
  uses(session: string, limit: number): Promise<UseRow[]> {
    return this.store.query({
      name: 'api.resources.uses',
      sql: `SELECT type, \`group\`, resource, namespace, name, path, verb, count() AS requests, countIf(isFailure) AS failed,
          maxOrNull(status) AS worstStatus, min(seq) AS firstSeq, isDiscovery
        FROM (${REQUESTS}) AS asked LEFT JOIN (${ANSWERS}) AS answered ON answered.request = asked.seq
        GROUP BY type, \`group\`, resource, namespace, name, path, verb, isDiscovery
        ORDER BY type, \`group\`, resource, namespace NULLS FIRST, name NULLS FIRST, path, verb LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, session, rows: limit },
      row: UseRow,
    })
  }

  tools(session: string): Promise<{ name: string; count: number; failed: number }[]> {
    return this.store.query({
      name: 'api.resources.tools',
      sql: `SELECT ${text('name')} AS name, uniqExact(seq) AS count, uniqExactIf(seq, seq GLOBAL IN (
          SELECT toUInt32(JSONExtractUInt(content, 'body', 'call')) FROM session_events
          WHERE ${OF_SESSION} AND type = 'tool.result' AND JSONExtractBool(content, 'body', 'isError'))) AS failed
        FROM session_events WHERE ${OF_SESSION} AND type = 'tool.call' GROUP BY name ORDER BY count DESC, name LIMIT 200`,
      params: { tenant: this.tenant, session },
      row: z.object({ name: z.string(), count: z.number(), failed: z.number() }),
    })
  }
}

// One look at each content: a body may be long.
const ASKED = `JSONExtract(content, 'body', 'Tuple(isDiscovery Bool, \`group\` String, namespace Nullable(String), name Nullable(String),
  resource String, subresource String, path String, method String, verb String)')`
// What a path names before its query; nothing of discovery, whose paths say nothing of what was touched.
const REQUESTS = `SELECT seq, type, (${ASKED} AS told).1 AS isDiscovery, told.2 AS \`group\`, told.3 AS namespace, told.4 AS name,
    concat(told.5, if(told.6 = '', '', concat('/', told.6))) AS resource,
    if(isDiscovery OR resource != '', '', splitByChar('?', told.7)[1]) AS path,
    if(isDiscovery, '', if(type = 'http.request', told.8, told.9)) AS verb
  FROM session_events FINAL WHERE ${OF_SESSION} AND type IN ('http.request', 'kubernetes.request') ORDER BY seq, hash LIMIT 1 BY seq`
const ANSWERS = `SELECT (JSONExtract(content, 'body', 'Tuple(request UInt32, status Nullable(Int32), refused Nullable(String))') AS told).1 AS request,
    told.2 AS status, status IS NULL OR status >= 400 OR told.3 IS NOT NULL AS isFailure
  FROM session_events FINAL WHERE ${OF_SESSION} AND type = 'http.response' ORDER BY seq, hash LIMIT 1 BY request`
