import { uuidv7Millis } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from './store.ts'

/** A gateway's wall clock may be set back while a session is open, by less than this. */
const CLOCK_SET_BACK_MS = 24 * 3600 * 1000

/**
 * What heartbeats named, read from their own content, and only where the hash proves it: `sessionId`, `seq`. A
 * heartbeat names the stream that it stands in, too. Parameters: tenant, sinceMs.
 */
const NAMED = `SELECT toString(id) AS sessionId, seq FROM (
    SELECT toUUIDOrNull(tupleElement(open, 1)) AS id, tupleElement(open, 2) AS seq FROM (
      SELECT content FROM session_events PREWHERE type = 'gateway.heartbeat'
      WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({sinceMs:Int64})
        AND JSONExtractString(content, 'type') = 'gateway.heartbeat' AND JSONExtractString(content, 'tenant') = {tenant:String}
        AND lower(hex(SHA256(content))) = hash
    ) ARRAY JOIN arrayPushBack(
      JSONExtract(content, 'body', 'open', 'Array(Tuple(String, Int64))'),
      (JSONExtractString(content, 'sessionId'), JSONExtractInt(content, 'seq'))
    ) AS open
  ) WHERE id IS NOT NULL AND seq >= 0`

const Known = z.object({ sessionId: z.string(), expectedLastSeq: z.int().nullable() })
/** A session that events or heartbeats tell of. `expectedLastSeq`: the highest that a heartbeat named; null when none did. */
export type KnownSession = z.infer<typeof Known>

type KnownFilter = {
  tenant: string /** One alone. */
  session?: string /** Those behind this id; empty for all. */
  after: string
  limit: number
}

/** In the order of ids. What ingest derived from heartbeats is not looked at: whoever cuts a session's tail can cut that too. */
export function knownSessions(store: Store, { tenant, session = '', after, limit }: KnownFilter): Promise<KnownSession[]> {
  return store.query({
    name: 'namedTails.knownSessions',
    sql: `SELECT sessionId, max(expected) AS expectedLastSeq FROM (
        SELECT DISTINCT toString(session_id) AS sessionId, CAST(NULL, 'Nullable(Int64)') AS expected
          FROM session_events WHERE tenant = {tenant:String}
        UNION ALL
        SELECT sessionId, seq AS expected FROM (${NAMED})
      ) WHERE sessionId > {after:String} AND ({session:String} = '' OR sessionId = {session:String})
      GROUP BY sessionId ORDER BY sessionId LIMIT {limit:UInt32}`,
    params: { tenant, session, after, limit, sinceMs: sinceMs(session > after ? session : after) },
    row: Known,
  })
}

// No heartbeat names a session before it began, and the id says when that was.
function sinceMs(sessionId: string): number {
  return sessionId === '' ? 0 : Math.max(0, uuidv7Millis(sessionId) - CLOCK_SET_BACK_MS)
}
