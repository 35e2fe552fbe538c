import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { SessionsById } from '../../sessions/sessions-by-id.ts'
import type { SessionFacts } from './chain-report.ts'

const Sums = z.object({ session: z.string(), rows: z.int(), bytes: z.int(), lastHash: z.string() })

/** What each session came to: how it ended, whether it is whole, and how much it answered. */
export async function sessionFacts(store: Store, tenant: string, sessions: readonly string[]): Promise<Map<string, SessionFacts>> {
  if (sessions.length === 0) return new Map()
  const sums = await store.query({
    name: 'api.report.sessions',
    sql: `SELECT toString(session_id) AS session,
        toInt64(sum(if(type = 'sql.result', JSONExtractInt(content, 'body', 'rows'), 0))) AS rows,
        toInt64(sum(multiIf(type = 'sql.result', JSONExtractInt(content, 'body', 'bytes'),
          type = 'ssh.exit', JSONExtractInt(content, 'body', 'stdoutBytes') + JSONExtractInt(content, 'body', 'stderrBytes'),
          type = 'http.ended', JSONExtractInt(content, 'body', 'bytesToCaller'), 0))) AS bytes,
        toString(argMax(hash, seq)) AS lastHash
      FROM session_events FINAL WHERE tenant = {tenant:String} AND session_id IN {sessions:Array(UUID)}
        AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (
          SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({sessions:Array(UUID)}), 'UTC')))
      GROUP BY session_id`,
    params: { tenant, sessions },
    row: Sums,
  })
  const summed = new Map(sums.map((row) => [row.session, row]))
  const rows = await new SessionsById(store, tenant).shown(sessions)
  return new Map(
    rows.map((row) => {
      const { rows: answered = 0, bytes = 0, lastHash = null } = summed.get(row.sessionId) ?? {}
      const { events, lastSeq, commands, failures } = row
      const facts = {
        outcome: row.result,
        completeness: row.wholeness,
        events,
        lastSeq,
        commands,
        failures,
        rows: answered,
        bytes,
        lastHash,
      }
      return [row.sessionId, facts]
    }),
  )
}
