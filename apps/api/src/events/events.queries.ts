import type { EventType, Link, SessionEvent } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { EventRow, eventOf } from './event-row.ts'

const MAX_SEQ = 0xffff_ffff

export type EventsSpan = {
  session: string
  /** Events with a seq above this. */
  after: number
  /** All when empty. */
  types?: readonly string[]
  limit: number
}

// A session's rows stand together in the key; its hour comes first there.
const OF_SESSION = `tenant = {tenant:String} AND session_id = {session:UUID}
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))`

/** Reads one session's events in the order of seq, each content once. */
export class EventsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  page({ session, after, types = [], limit }: EventsSpan): Promise<EventRow[]> {
    return this.store.query({
      name: 'api.events.page',
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE ${OF_SESSION} AND toInt64(seq) > {after:Int64}
        ${types.length === 0 ? '' : 'AND type IN {types:Array(String)}'} ORDER BY seq, hash LIMIT {rows:UInt32}`,
      params: { tenant: this.tenant, session, after, rows: limit, types },
      row: EventRow,
    })
  }

  /** Results that answer these statements: a result names its statement, so it comes after the first of them. */
  resultsOf(session: string, statements: readonly number[]): Promise<EventRow[]> {
    if (statements.length === 0) return Promise.resolve([])
    return this.store.query({
      name: 'api.events.resultsOf',
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE ${OF_SESSION} AND toInt64(seq) > {after:Int64} AND type = 'sql.result'
        AND JSONExtractInt(content, 'body', 'statement') IN {statements:Array(Int64)} ORDER BY seq, hash`,
      params: { tenant: this.tenant, session, after: Math.min(...statements), statements },
      row: EventRow,
    })
  }

  /** Bytes of the results of each statement. */
  async resultBytes(session: string, statements: readonly number[]): Promise<Map<number, number>> {
    if (statements.length === 0) return new Map()
    const rows = await this.store.query({
      name: 'api.events.resultBytes',
      sql: `SELECT toInt64(JSONExtractInt(content, 'body', 'statement')) AS statement, sum(length(content)) AS bytes FROM session_events
        WHERE ${OF_SESSION} AND toInt64(seq) > {after:Int64} AND type = 'sql.result' AND statement IN {statements:Array(Int64)}
        GROUP BY statement`,
      params: { tenant: this.tenant, session, after: Math.min(...statements), statements },
      row: z.object({ statement: z.number(), bytes: z.number() }),
    })
    return new Map(rows.map(({ statement, bytes }) => [statement, bytes]))
  }

  /** Events in the order of seq, row by row: for sessions of any length. A conflicting seq gives its first content alone. */
  async *recording(
    session: string,
    range: { from?: number; to?: number } = {},
    types: readonly EventType[] = [],
  ): AsyncGenerator<SessionEvent> {
    let last = -1
    for await (const row of this.rows(session, range, types)) {
      if (row.seq !== last) yield eventOf(row)
      last = row.seq
    }
  }

  /** As `recording`, with every content under a conflicting seq. */
  rows(session: string, range: { from?: number; to?: number } = {}, types: readonly EventType[] = []): AsyncIterable<EventRow> {
    return this.store.stream({
      name: 'api.events.rows',
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE ${OF_SESSION} AND seq BETWEEN {from:UInt32} AND {to:UInt32}
        ${types.length === 0 ? '' : 'AND type IN {types:Array(String)}'} ORDER BY seq, hash`,
      params: { tenant: this.tenant, session, types, from: range.from ?? 0, to: range.to ?? MAX_SEQ },
      row: EventRow,
    })
  }

  /** The contents under one seq, and those under the seqs beside it. */
  around(session: string, seq: number): Promise<EventRow[]> {
    return this.store.query({
      name: 'api.events.around',
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE ${OF_SESSION}
        AND toInt64(seq) BETWEEN {seq:Int64} - 1 AND {seq:Int64} + 1 ORDER BY seq, hash LIMIT 100`,
      params: { tenant: this.tenant, session, seq },
      row: EventRow,
    })
  }

  /** Types that the session holds, with the highest seq; empty for an unknown session. Boot streams too. */
  types(session: string): Promise<{ type: string; last_seq: number }[]> {
    return this.store.query({
      name: 'api.events.types',
      sql: `SELECT type, max(seq) AS last_seq FROM session_events WHERE ${OF_SESSION} GROUP BY type ORDER BY type`,
      params: { tenant: this.tenant, session },
      row: z.object({ type: z.string(), last_seq: z.number() }),
    })
  }

  /** What walking the chain needs of every event, without the contents. */
  links(session: string): AsyncIterable<Link> {
    return this.store.stream({
      name: 'api.events.links',
      sql: `SELECT seq, toString(hash) AS hash, toString(prev_hash) AS prevHash, type FROM session_events FINAL
        WHERE ${OF_SESSION} ORDER BY seq, hash`,
      params: { tenant: this.tenant, session },
      row: z.object({ seq: z.number(), hash: z.string(), prevHash: z.string(), type: z.string() }),
    })
  }

  /** Channels with terminal output, in the order in which they opened. */
  async channels(session: string): Promise<number[]> {
    const rows = await this.store.query({
      name: 'api.events.channels',
      sql: `SELECT toInt64(JSONExtractInt(content, 'body', 'channel')) AS channel, min(seq) AS first FROM session_events
        WHERE ${OF_SESSION} AND type = 'terminal.output' GROUP BY channel ORDER BY first LIMIT 1000`,
      params: { tenant: this.tenant, session },
      row: z.object({ channel: z.number() }),
    })
    return rows.map((row) => row.channel)
  }
}
