import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from '../tables/key-batches.ts'

/** An event whole, as rules look at it. Two contents under one seq: the one with the lesser hash. */
export const RecordedActRow = z.object({ sessionId: z.string(), seq: z.int(), tsUs: z.int(), content: z.string(), hash: z.string() })
export type RecordedActRow = z.infer<typeof RecordedActRow>

/** Microseconds since the epoch, both ends included. */
type Span = { fromUs: number; toUs: number }
type EventRef = { sessionId: string; seq: number }

const COLUMNS = 'session_id AS sessionId, seq, toUnixTimestamp64Micro(e.ts) AS tsUs, content, hash'
const OF_IDS = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
  AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))`
const IN_SPAN = 'e.ts BETWEEN fromUnixTimestamp64Micro({fromUs:Int64}) AND fromUnixTimestamp64Micro({toUs:Int64})'
const SESSIONS_A_QUERY = 100

/** Events of the types that rules look at. */
export class RecordedActs {
  constructor(private readonly store: Store) {}

  /** Of these sessions, row by row; within a session in the order of seq. */
  async *inSessions(tenant: string, sessions: readonly string[], span: Span, types: readonly string[]): AsyncIterable<RecordedActRow> {
    for (let at = 0; at < sessions.length; at += SESSIONS_A_QUERY) {
      yield* this.store.stream({
        name: 'recordedActs.inSessions',
        sql: `SELECT ${COLUMNS} FROM session_events AS e WHERE tenant = {tenant:String} AND ${OF_IDS} AND ${IN_SPAN}
            AND type IN (SELECT arrayJoin({types:Array(String)}))
          ORDER BY session_id, seq, hash LIMIT 1 BY session_id, seq`,
        params: { tenant, ids: sessions.slice(at, at + SESSIONS_A_QUERY), ...span, types },
        row: RecordedActRow,
      })
    }
  }

  /** For backtests: all in the span, in the order of (ts, session, seq), at most `limit`. */
  inRange(tenant: string, span: Span, types: readonly string[], limit: number): AsyncIterable<RecordedActRow> {
    return this.store.stream({
      name: 'recordedActs.inRange',
      sql: `SELECT ${COLUMNS} FROM session_events AS e WHERE tenant = {tenant:String} AND ${IN_SPAN}
          AND type IN (SELECT arrayJoin({types:Array(String)}))
        ORDER BY e.ts, toString(session_id), seq, hash LIMIT 1 BY session_id, seq LIMIT {limit:UInt32}`,
      params: { tenant, ...span, types, limit },
      row: RecordedActRow,
    })
  }

  /** These events alone. */
  find(tenant: string, events: readonly EventRef[]): Promise<RecordedActRow[]> {
    return inBatches(events, (batch) =>
      this.store.query({
        name: 'recordedActs.find',
        sql: `SELECT ${COLUMNS} FROM session_events AS e WHERE tenant = {tenant:String} AND ${OF_IDS}
            AND (session_id, seq) IN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k)
          ORDER BY session_id, seq, hash LIMIT 1 BY session_id, seq`,
        params: { tenant, ids: batch.map(({ sessionId }) => sessionId), seqs: batch.map(({ seq }) => seq) },
        row: RecordedActRow,
      }),
    )
  }

  /** The first place of each of these sessions at which two different events stand. Looks at their roll-ups first. */
  conflicts(tenant: string, sessions: readonly string[]): Promise<EventRef[]> {
    return inBatches(sessions, (ids) =>
      this.store.query({
        name: 'recordedActs.conflicts',
        sql: `SELECT session_id AS sessionId, toUInt32(min(seq)) AS seq FROM (
            SELECT session_id, seq FROM session_events
            WHERE tenant = {tenant:String} AND ${OF_IDS} AND session_id IN (
              SELECT session_id FROM session_rollups WHERE tenant = {tenant:String} AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))
              GROUP BY session_id HAVING uniqExactMerge(hashes) > groupBitmapMerge(seqs))
            GROUP BY session_id, seq HAVING uniqExact(hash) > 1
          ) GROUP BY session_id ORDER BY session_id`,
        params: { tenant, ids },
        row: z.object({ sessionId: z.string(), seq: z.int() }),
      }),
    )
  }

  /** The status that each of these requests was answered with, where it was. */
  async statuses(tenant: string, requests: readonly EventRef[]): Promise<Map<string, number>> {
    const rows = await inBatches(requests, (batch) =>
      this.store.query({
        name: 'recordedActs.statuses',
        sql: `SELECT session_id AS sessionId, toUInt32(JSONExtractUInt(content, 'body', 'request')) AS request, toUInt32OrZero(outcome) AS status
          FROM session_events WHERE tenant = {tenant:String} AND ${OF_IDS} AND type = 'http.response'
            AND (session_id, request) IN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k)
          ORDER BY session_id, request, seq, hash LIMIT 1 BY session_id, request`,
        params: { tenant, ids: batch.map(({ sessionId }) => sessionId), seqs: batch.map(({ seq }) => seq) },
        row: z.object({ sessionId: z.string(), request: z.int(), status: z.int() }),
      }),
    )
    return new Map(rows.map(({ sessionId, request, status }) => [`${sessionId}/${request}`, status]))
  }
}
