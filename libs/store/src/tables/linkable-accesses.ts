import { z } from 'zod'
import type { Parameters } from '../parameters.ts'
import type { Store } from '../store.ts'
import { inBatches } from './key-batches.ts'

/** A span of event time in microseconds since the epoch, both ends included. */
export type Span = { fromUs: number; toUs: number }

/** A session as far as hops need it: its roll-up without what only lists show. */
export const LinkableSessionRow = z.object({
  sessionId: z.string(),
  run: z.string().nullable(),
  lineage: z.array(z.string()),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  originAddress: z.string().nullable(),
  targetName: z.string().nullable(),
  targetProtocol: z.string().nullable(),
  targetAddress: z.string().nullable(),
  targetAccount: z.string().nullable(),
  /** Microseconds since the epoch. */
  firstUs: z.int(),
  lastUs: z.int(),
  isOpen: z.boolean(),
})
export type LinkableSessionRow = z.infer<typeof LinkableSessionRow>

/** A refused attempt: the event that recorded it, whole. */
export const RefusalRow = z.object({ sessionId: z.string(), seq: z.int(), content: z.string() })
export type RefusalRow = z.infer<typeof RefusalRow>

type EventRef = { sessionId: string; seq: number }

const OF_HOURS = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) BETWEEN
  toStartOfHour(fromUnixTimestamp64Micro({startedFrom:Int64}, 'UTC')) AND fromUnixTimestamp64Micro({startedTo:Int64}, 'UTC')`
const OF_IDS = `toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
  AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))`

/** Accesses as nodes of the hop graph, found in the ways in which hops need them. A gateway's own streams are no accesses. */
export class LinkableAccesses {
  constructor(private readonly store: Store) {}

  /** Sessions with an event in the span that began no longer before it than `maxSessionUs`. */
  activeIn(tenant: string, span: Span, maxSessionUs: number): Promise<LinkableSessionRow[]> {
    return this.sessions('activeIn', OF_HOURS, 'lastUs >= {fromUs:Int64} AND firstUs <= {toUs:Int64}', {
      tenant,
      fromUs: span.fromUs,
      toUs: span.toUs,
      startedFrom: Math.max(0, span.fromUs - maxSessionUs),
      startedTo: span.toUs,
    })
  }

  byIds(tenant: string, ids: readonly string[]): Promise<LinkableSessionRow[]> {
    return inBatches(ids, (batch) => this.sessions('byIds', OF_IDS, '1', { tenant, ids: batch }))
  }

  /** Sessions that began in the span and belong to one of these runs, or whose target has one of these addresses. */
  async startedIn(tenant: string, span: Span, runs: readonly string[], addresses: readonly string[]): Promise<LinkableSessionRow[]> {
    const ofRuns = await inBatches(runs, (batch) => this.related(tenant, span, batch, []))
    return [...ofRuns, ...(await inBatches(addresses, (batch) => this.related(tenant, span, [], batch)))]
  }

  private related(tenant: string, span: Span, runs: readonly string[], addresses: readonly string[]): Promise<LinkableSessionRow[]> {
    // The envelope is the same in every part of a session's roll-up, so it may be asked for before the parts are merged.
    const where = `${OF_HOURS} AND (s.run IN (SELECT arrayJoin({runs:Array(UUID)}))
      OR trim(BOTH '[]' FROM replaceRegexpOne(s.target_address, ':[0-9]+$', '')) IN (SELECT arrayJoin({addresses:Array(String)})))`
    const params = { startedFrom: Math.max(0, span.fromUs), startedTo: span.toUs, fromUs: span.fromUs, toUs: span.toUs, runs, addresses }
    return this.sessions('startedIn', where, 'firstUs BETWEEN {fromUs:Int64} AND {toUs:Int64}', { tenant, ...params })
  }

  /** Refusals in the span, from gateways' own streams: what a session's target refused belongs to that session. */
  refusedIn(tenant: string, span: Span): Promise<EventRef[]> {
    return this.store.query({
      name: 'linkableAccesses.refusedIn',
      sql: `SELECT DISTINCT session_id AS sessionId, seq FROM denials AS d
        WHERE tenant = {tenant:String} AND session_id = boot_id AND decision = 'deny'
          AND d.ts BETWEEN fromUnixTimestamp64Micro({fromUs:Int64}) AND fromUnixTimestamp64Micro({toUs:Int64})
        ORDER BY sessionId, seq`,
      params: { tenant, fromUs: span.fromUs, toUs: span.toUs },
      row: z.object({ sessionId: z.string(), seq: z.int() }),
    })
  }

  /** The refusals among these events. Two contents under one seq: the one with the lesser hash. */
  refusals(tenant: string, events: readonly EventRef[]): Promise<RefusalRow[]> {
    return inBatches(events, (batch) => this.refusalsAmong(tenant, batch))
  }

  private refusalsAmong(tenant: string, events: readonly EventRef[]): Promise<RefusalRow[]> {
    const ids = [...new Set(events.map(({ sessionId }) => sessionId))]
    return this.store.query({
      name: 'linkableAccesses.refusals',
      sql: `SELECT session_id AS sessionId, seq, content FROM session_events
        WHERE tenant = {tenant:String} AND ${OF_IDS} AND type = 'access.decided' AND session_id = boot_id
          AND (session_id, seq) IN (SELECT arrayJoin(arrayZip({eventSessions:Array(UUID)}, {eventSeqs:Array(UInt32)})) AS e)
        ORDER BY session_id, seq, hash LIMIT 1 BY session_id, seq`,
      params: { tenant, ids, eventSessions: events.map(({ sessionId }) => sessionId), eventSeqs: events.map(({ seq }) => seq) },
      row: RefusalRow,
    })
  }

  /** How many callers had a session that began in the span: trees of runs, else principals, else addresses. */
  async countCallers(tenant: string, span: Span): Promise<number> {
    const caller = `multiIf(notEmpty(lineage), toString(lineage[1]), run IS NOT NULL, toString(run), principal IS NOT NULL, principal, originAddress)`
    const sql = `SELECT uniqExact(${caller}) AS callers FROM (${rollUp(OF_HOURS)}) WHERE firstUs BETWEEN {fromUs:Int64} AND {toUs:Int64}`
    const params = { tenant, startedFrom: Math.max(0, span.fromUs), startedTo: span.toUs, fromUs: span.fromUs, toUs: span.toUs }
    const rows = await this.store.query({ name: 'linkableAccesses.countCallers', sql, params, row: z.object({ callers: z.int() }) })
    return rows[0]?.callers ?? 0
  }

  private sessions(name: string, where: string, having: string, params: Parameters): Promise<LinkableSessionRow[]> {
    const sql = `SELECT * FROM (${rollUp(where)}) WHERE ${having} ORDER BY firstUs, sessionId`
    return this.store.query({ name: `linkableAccesses.${name}`, sql, params, row: LinkableSessionRow })
  }
}

function rollUp(where: string): string {
  return `SELECT session_id AS sessionId, max(s.run) AS run, max(s.lineage) AS lineage, max(s.principal) AS principal,
    max(s.root_principal) AS rootPrincipal, nullIf(max(s.origin_address), '') AS originAddress, nullIf(max(s.target_name), '') AS targetName,
    nullIf(max(s.target_protocol), '') AS targetProtocol, nullIf(max(s.target_address), '') AS targetAddress,
    nullIf(max(s.target_account), '') AS targetAccount, toUnixTimestamp64Micro(min(s.first_ts)) AS firstUs,
    toUnixTimestamp64Micro(max(s.last_ts)) AS lastUs, CAST(max(s.end_reason) = '', 'Bool') AS isOpen
    FROM session_rollups AS s WHERE tenant = {tenant:String} AND NOT s.is_boot AND (${where}) GROUP BY tenant, session_id`
}
