import { uuidv7Millis } from '@hoptrace/events'
import { z } from 'zod'
import type { Store } from './store.ts'

/** A gateway's wall clock may be set back while a session is open, by less than this. */
const CLOCK_SET_BACK_MS = 24 * 3600 * 1000
/** As heartbeats carry it. */
const HEAD_DIGITS = 32

const TOLD = `Tuple(type String, tenant String, sessionId String, bootId String, seq Int64, body Tuple(open Array(Tuple(String, Int64)),
  heads Array(String), previousBoot Tuple(bootId String, lastSeq Int64, hash String)))`

/**
 * What gateways' own streams name, read from their content, and only where the hash proves it: `id`, `seq`, and `head`,
 * the beginning of that event's hash, which is empty where it is not told. A heartbeat names the sessions, and the
 * stream that it stands in; a stream's beginning names the stream before it. Parameters: tenant, sinceMs.
 */
const NAMED = `SELECT toUUIDOrZero(tupleElement(named, 1)) AS id, tupleElement(named, 2) AS seq, left(tupleElement(named, 3), ${HEAD_DIGITS}) AS head
  FROM (
    SELECT JSONExtract(content, '${TOLD}') AS told FROM session_events
    PREWHERE type = 'gateway.heartbeat' OR (type = 'session.started' AND session_id = boot_id)
    WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND lower(hex(SHA256(content))) = hash
  ) ARRAY JOIN arrayConcat(
    arrayMap((open, head) -> (open.1, open.2, head), told.body.open, arrayResize(told.body.heads, length(told.body.open), '')),
    [(told.sessionId, told.seq, ''), told.body.previousBoot]
  ) AS named
  WHERE told.tenant = {tenant:String} AND (told.type = 'gateway.heartbeat' OR (told.type = 'session.started' AND told.sessionId = told.bootId))
    AND seq >= 0 AND id != toUUIDOrZero('')`

const Known = z.object({ sessionId: z.string(), expectedLastSeq: z.int().nullable() })
/** A session that events or heartbeats tell of. `expectedLastSeq`: the highest that was named; null when none was. */
export type KnownSession = z.infer<typeof Known>

type KnownFilter = {
  tenant: string /** One alone. */
  session?: string /** Those behind this id; empty for all. */
  after: string
  limit: number
}

/** In the order of ids; expired ones that nothing names any more only when asked for by id. What ingest derived from heartbeats is not looked at: whoever cuts a session's tail can cut that too. */
export function knownSessions(store: Store, { tenant, session = '', after, limit }: KnownFilter): Promise<KnownSession[]> {
  return store.query({
    name: 'namedTails.knownSessions',
    sql: `SELECT toString(id) AS sessionId, max(expected) AS expectedLastSeq FROM (
        SELECT DISTINCT session_id AS id, CAST(NULL, 'Nullable(Int64)') AS expected FROM session_events WHERE tenant = {tenant:String}
        UNION ALL
        SELECT id, max(seq) AS expected FROM (${NAMED}) GROUP BY id
        UNION ALL
        SELECT session_id AS id, CAST(NULL, 'Nullable(Int64)') AS expected FROM expired_sessions
        WHERE tenant = {tenant:String} AND session_id = toUUIDOrZero({session:String})
      ) WHERE {session:String} = '' OR id = toUUIDOrZero({session:String})
      GROUP BY id HAVING sessionId > {after:String} ORDER BY sessionId LIMIT {limit:UInt32}`,
    params: { tenant, session, after, limit, sinceMs: sinceMs(session > after ? session : after) },
    row: Known,
  })
}

/**
 * Seqs whose stored event is not the one that a gateway named: what stands before them was made anew. The first 1000 of
 * each session. Sessions in the order of their ids.
 */
export async function seqsUnlikeHeads(store: Store, tenant: string, sessions: readonly string[]): Promise<Map<string, number[]>> {
  const rows = await store.query({
    name: 'namedTails.seqsUnlikeHeads',
    sql: `SELECT toString(id) AS sessionId, arraySort(groupArray(1000)(seq)) AS seqs FROM (
        SELECT named.id AS id, named.seq AS seq FROM (
          SELECT session_id, toInt64(session_events.seq) AS seq, left(hash, ${HEAD_DIGITS}) AS head FROM session_events
          WHERE tenant = {tenant:String} AND session_id IN {sessions:Array(UUID)}
        ) AS stored
        INNER JOIN (SELECT DISTINCT id, seq, head FROM (${NAMED}) WHERE head != '' AND id IN {sessions:Array(UUID)}) AS named
        ON stored.session_id = named.id AND stored.seq = named.seq
        GROUP BY id, seq HAVING NOT hasAll(groupUniqArray(100)(stored.head), groupUniqArray(100)(named.head))
      ) GROUP BY id`,
    params: { tenant, sessions, sinceMs: sinceMs(sessions[0] ?? '') },
    row: z.object({ sessionId: z.string(), seqs: z.array(z.int()) }),
  })
  return new Map(rows.map(({ sessionId, seqs }) => [sessionId, seqs]))
}

// Nobody names a session before it began, and the id says when that was.
function sinceMs(sessionId: string): number {
  return sessionId === '' ? 0 : Math.max(0, uuidv7Millis(sessionId) - CLOCK_SET_BACK_MS)
}
