import type { Parameters, Store } from '@hoptrace/store'
import { EventRow, eventOf } from '../../../events/event-row.ts'
import { instant } from '../../instant.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const viewColumns = [
  'at',
  'viewer',
  'subject',
  'resource',
  'id',
  'span',
  'isContent',
  'isRevealed',
  'digest',
  'recordedIn',
  'recordedSeq',
  'hash',
] as const

/**
 * Who viewed, took away or changed what, of which this is a record too: in a period what happened in it; of a chain or a run every view
 * of it, of its sessions and of its runs, until the export was made.
 */
export async function* viewRows(
  store: Store,
  { tenant }: Requester,
  { span, members }: Scope,
  madeAtUs: number,
): AsyncGenerator<TableRow<(typeof viewColumns)[number]>> {
  const about: { sql: string; params: Parameters } =
    members === null
      ? { sql: "ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC')", params: { fromUs: span.fromUs } }
      : {
          sql: "JSONExtractString(content, 'body', 'id') IN (SELECT arrayJoin({ids:Array(String)}))",
          params: { ids: [...members.chains, ...members.runs, ...members.sessions] },
        }
  const rows = store.stream({
    name: 'api.package.views',
    sql: `SELECT seq, content, hash FROM session_events FINAL WHERE tenant = {tenant:String} AND type = 'recording.viewed'
        AND ts < fromUnixTimestamp64Micro({beforeUs:Int64}, 'UTC') AND ${about.sql}
      ORDER BY ts, session_id, seq, hash`,
    params: { tenant, beforeUs: members === null ? Math.min(span.toUs, madeAtUs) : madeAtUs, ...about.params },
    row: EventRow,
  })
  for await (const row of rows) {
    const event = eventOf(row)
    if (event.type !== 'recording.viewed') continue
    const { viewer, subject, resource, id, span: seen, isContent, isRevealed, digest } = event.body
    yield {
      at: instant(event.ts),
      viewer,
      subject: subject ?? null,
      resource,
      id,
      span: seen,
      isContent,
      isRevealed: isRevealed ?? false,
      digest: digest ?? null,
      recordedIn: event.sessionId,
      recordedSeq: row.seq,
      hash: row.hash,
    }
  }
}
