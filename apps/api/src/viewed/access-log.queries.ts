import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { AccessLogEntry, AccessLogQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import { instantOf } from '../http/instant.ts'
import type { Range } from '../http/range.ts'

const ViewRow = z.object({
  session_id: z.string(),
  seq: z.number(),
  ts_us: z.number(),
  viewer: z.string(),
  subject: z.string(),
  resource: z.string(),
  id: z.string(),
  span: z.string(),
  is_content: z.boolean(),
  is_revealed: z.boolean(),
  digest: z.string(),
})
type ViewRow = z.infer<typeof ViewRow>

const Place = z.tuple([z.int(), z.string(), z.int()])

/** Views that were recorded, out of the api's own event streams. */
export class AccessLogQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Newest first; one row more than the limit, when there is one. */
  page(query: AccessLogQuery, range: Range): Promise<ViewRow[]> {
    const after = decodeCursor(query.cursor, Place)
    const where = [
      query.viewer === undefined ? '' : 'AND (viewer = {viewer:String} OR subject = {viewer:String})',
      query.resource === undefined ? '' : 'AND resource = {resource:String}',
      query.id === undefined ? '' : 'AND id = {id:String}',
      query.content === undefined ? '' : 'AND is_content',
      query.reveal === undefined ? '' : 'AND is_revealed',
      after ? 'AND (ts_us, session_id, seq) < ({afterUs:Int64}, {afterSession:String}, {afterSeq:UInt32})' : '',
    ]
    return this.store.query({
      name: 'api.accessLog.page',
      sql: `SELECT toString(session_events.session_id) AS session_id, seq, toUnixTimestamp64Micro(ts) AS ts_us,
          JSONExtractString(content, 'body', 'viewer') AS viewer,
          JSONExtractString(content, 'body', 'subject') AS subject,
          JSONExtractString(content, 'body', 'resource') AS resource,
          JSONExtractString(content, 'body', 'id') AS id,
          JSONExtractString(content, 'body', 'span') AS span,
          toBool(JSONExtractBool(content, 'body', 'isContent')) AS is_content,
          toBool(JSONExtractBool(content, 'body', 'isRevealed')) AS is_revealed,
          JSONExtractString(content, 'body', 'digest') AS digest
        FROM session_events FINAL
        WHERE tenant = {tenant:String} AND type = 'recording.viewed'
          AND ts_us >= {fromUs:Int64} AND ts_us < {toUs:Int64} ${where.join(' ')}
        ORDER BY ts_us DESC, session_id DESC, seq DESC LIMIT {rows:UInt32}`,
      params: {
        tenant: this.tenant,
        ...range,
        rows: query.limit + 1,
        viewer: query.viewer ?? '',
        id: query.id ?? '',
        resource: query.resource ?? '',
        ...(after ? { afterUs: after[0], afterSession: after[1], afterSeq: after[2] } : {}),
      },
      row: ViewRow,
    })
  }
}

export function entryOf(row: ViewRow): AccessLogEntry {
  const { viewer, resource, id, span } = row
  const [subject, digest] = [row.subject || null, row.digest || null]
  const event = { sessionId: row.session_id, seq: row.seq }
  return {
    at: instantOf(BigInt(row.ts_us)),
    viewer,
    subject,
    resource,
    id,
    span,
    isContent: row.is_content,
    isRevealed: row.is_revealed,
    digest,
    event,
  }
}
