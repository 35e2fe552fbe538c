import { z } from 'zod'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** What one event did, and which rules over events it fits. `tsUs`: microseconds since the epoch. */
export const EventFactsRow = z.object({
  sessionId: z.string(),
  seq: z.int(),
  tsUs: z.int(),
  type: z.string(),
  acts: z.array(z.string()),
  commands: z.int(),
  writes: z.int(),
  rows: z.int(),
  bytes: z.int(),
  /** Ids of rules. */
  rules: z.array(z.string()),
  version: z.int(),
})
export type EventFactsRow = z.infer<typeof EventFactsRow>

/** What was done in a session up to now. */
export const SessionActsRow = z.object({
  sessionId: z.string(),
  acts: z.array(z.string()),
  commands: z.int(),
  writes: z.int(),
  rows: z.int(),
  bytes: z.int(),
})
export type SessionActsRow = z.infer<typeof SessionActsRow>

/** Where the value of a hop stood. `asked`: the event that it answers, where that is known. */
type EventRef = { sessionId: string; seq: number }

const COLUMNS = `session_id AS sessionId, seq, toUnixTimestamp64Micro(e.ts) AS tsUs, type, acts, commands, writes, rows, bytes, rules, version`
const OF_IDS = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
  AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))`
const IN_SPAN = 'e.ts BETWEEN fromUnixTimestamp64Micro({fromUs:Int64}) AND fromUnixTimestamp64Micro({toUs:Int64})'
const HOUR = 'toUInt32(intDiv(toUnixTimestamp64Micro(e.ts), 3600000000))'
const HourRow = z.object({ hour: z.int() })
const ASKS = `['sql.statement', 'ssh.exec', 'http.request', 'kubernetes.request', 'kubernetes.exec', 'tool.call']`

/** What single events did. One writer: the correlator. */
export class EventFacts {
  constructor(private readonly store: Store) {}

  /** Of each session that did anything. */
  ofSessions(tenant: string, sessions: readonly string[]): Promise<SessionActsRow[]> {
    return inBatches(sessions, (ids) =>
      this.store.query({
        name: 'eventFacts.ofSessions',
        sql: `SELECT session_id AS sessionId, arraySort(groupUniqArrayArray(acts)) AS acts, toUInt32(sum(commands)) AS commands,
            toUInt32(sum(writes)) AS writes, toUInt64(sum(rows)) AS rows, toUInt64(sum(bytes)) AS bytes
          FROM (SELECT * FROM event_facts FINAL WHERE tenant = {tenant:String} AND ${OF_IDS}) GROUP BY session_id ORDER BY session_id`,
        params: { tenant, ids },
        row: SessionActsRow,
      }),
    )
  }

  /** For the correlator: of these sessions, in a span of event time in microseconds, both ends included. */
  inSessions(tenant: string, sessions: readonly string[], span: { fromUs: number; toUs: number }): Promise<EventFactsRow[]> {
    return inBatches(sessions, (ids) =>
      this.store.query({
        name: 'eventFacts.inSessions',
        sql: `SELECT ${COLUMNS} FROM event_facts AS e FINAL WHERE tenant = {tenant:String} AND ${OF_IDS}
          AND e.ts BETWEEN fromUnixTimestamp64Micro({fromUs:Int64}) AND fromUnixTimestamp64Micro({toUs:Int64}) ORDER BY session_id, seq`,
        params: { tenant, ids, fromUs: span.fromUs, toUs: span.toUs },
        row: EventFactsRow,
      }),
    )
  }

  /** These events alone. */
  find(tenant: string, events: readonly EventRef[]): Promise<EventFactsRow[]> {
    return inBatches(events, (batch) =>
      this.store.query({
        name: 'eventFacts.find',
        sql: `SELECT ${COLUMNS} FROM event_facts AS e FINAL WHERE tenant = {tenant:String} AND ${OF_IDS}
          AND (session_id, seq) IN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k) ORDER BY session_id, seq`,
        params: { tenant, ids: batch.map(({ sessionId }) => sessionId), seqs: batch.map(({ seq }) => seq) },
        row: EventFactsRow,
      }),
    )
  }

  /** What was asked last in the same session before each of these events: a command before what it printed. */
  askedBefore(tenant: string, events: readonly EventRef[]): Promise<(EventRef & { asked: number; acts: string[] })[]> {
    return inBatches(events, (batch) =>
      this.store.query({
        name: 'eventFacts.askedBefore',
        sql: `SELECT e.session_id AS sessionId, k.2 AS seq, max(e.seq) AS asked, argMax(e.acts, e.seq) AS acts
          FROM (SELECT session_id, seq, acts FROM event_facts FINAL WHERE tenant = {tenant:String} AND ${OF_IDS} AND has(${ASKS}, type)) AS e
          INNER JOIN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k, k.1 AS session_id) AS w
            ON w.session_id = e.session_id
          WHERE e.seq <= k.2 GROUP BY sessionId, seq ORDER BY sessionId, seq`,
        params: { tenant, ids: batch.map(({ sessionId }) => sessionId), seqs: batch.map(({ seq }) => seq) },
        row: z.object({ sessionId: z.string(), seq: z.int(), asked: z.int(), acts: z.array(z.string()) }),
      }),
    )
  }

  /**
   * Events in a span of event time that fit one of these rules, in the order of (ts, session, seq). Both ends included. Of more than the
   * limit each session and what it fits takes its turn: whoever floods an hour hides neither others nor what else they did.
   */
  matches(tenant: string, span: { fromUs: number; toUs: number }, fit: readonly string[], limit: number): Promise<EventFactsRow[]> {
    return this.store.query({
      name: 'eventFacts.matches',
      sql: `SELECT * EXCEPT (turn) FROM (
          SELECT ${COLUMNS}, row_number() OVER (PARTITION BY session_id, rules ORDER BY e.ts, seq) AS turn
          FROM event_facts AS e FINAL WHERE tenant = {tenant:String} AND notEmpty(rules) AND hasAny(rules, {fit:Array(String)}) AND ${IN_SPAN}
          ORDER BY turn, tsUs, toString(sessionId), seq LIMIT {limit:UInt32})
        ORDER BY tsUs, toString(sessionId), seq`,
      params: { tenant, fromUs: span.fromUs, toUs: span.toUs, fit, limit },
      row: EventFactsRow,
    })
  }

  /** Hours since the epoch in which events fit rules, of a span of event time in microseconds, both ends included. */
  async matchHours(tenant: string, span: { fromUs: number; toUs: number }): Promise<number[]> {
    const rows = await this.store.query({
      name: 'eventFacts.matchHours',
      sql: `SELECT DISTINCT ${HOUR} AS hour FROM event_facts AS e FINAL WHERE tenant = {tenant:String} AND notEmpty(rules) AND ${IN_SPAN} ORDER BY hour`,
      params: { tenant, fromUs: span.fromUs, toUs: span.toUs },
      row: HourRow,
    })
    return rows.map(({ hour }) => hour)
  }

  /** As `matchHours`, of these sessions alone. */
  async matchHoursOf(tenant: string, sessions: readonly string[], span: { fromUs: number; toUs: number }): Promise<number[]> {
    const rows = await inBatches(sessions, (ids) =>
      this.store.query({
        name: 'eventFacts.matchHoursOf',
        sql: `SELECT DISTINCT ${HOUR} AS hour FROM event_facts AS e FINAL
          WHERE tenant = {tenant:String} AND ${OF_IDS} AND notEmpty(rules) AND ${IN_SPAN} ORDER BY hour`,
        params: { tenant, ids, fromUs: span.fromUs, toUs: span.toUs },
        row: HourRow,
      }),
    )
    return [...new Set(rows.map(({ hour }) => hour))]
  }

  save(tenant: string, rows: readonly EventFactsRow[]): Promise<void> {
    return this.store.insert(
      'event_facts',
      rows.map(({ sessionId: session_id, tsUs, ...own }) => ({ tenant, session_id, ts: String(tsUs), ...own })),
    )
  }
}
