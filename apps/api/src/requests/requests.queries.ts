import type { Parameters, Store } from '@hoptrace/store'
import { z } from 'zod'
import type { RequestFilter } from '../contract/index.ts'
import { EventRow } from '../events/event-row.ts'
import { conditionOf } from './request-filter.ts'
import { LEFT_OUT, ToldPart, ToldRequest } from './told-event.ts'

const MAX_SEQ = 0xffff_ffff
const REQUESTS = ['http.request', 'kubernetes.request']
/** What names its request. */
const PARTS = ['http.response', 'http.ended', 'tool.call', 'kubernetes.exec'] as const
export type PartType = (typeof PARTS)[number]
const DETAILS = [...PARTS, 'kubernetes.forward']
const MAX_DETAILS = 1000

const OF_SESSION = `tenant = {tenant:String} AND session_id = {session:UUID}
  AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))`

/** What an event tells without what is long in it: a member of its body with its JSON each. */
const TOLD = `seq, elapsed_us AS elapsedUs, toString(toUnixTimestamp64Micro(ts)) AS ts, type,
  arrayFilter(member -> NOT has({left:Array(String)}, member.1), JSONExtractKeysAndValuesRaw(content, 'body')) AS members,
  arrayFilter(observable -> JSONExtractString(observable, 'role') = 'presented', JSONExtractArrayRaw(content, 'observables')) AS presented`

const ToldRow = z
  .object({
    seq: z.int(),
    elapsedUs: z.number(),
    ts: z.string(),
    type: z.string(),
    members: z.array(z.tuple([z.string(), z.string()])),
    presented: z.array(z.string()),
  })
  .transform(({ members, presented, ...row }) => ({
    ...row,
    body: Object.fromEntries(members.map(([name, json]) => [name, JSON.parse(json) as unknown])),
    observables: presented.map((json) => JSON.parse(json) as unknown),
  }))

export type RequestsSpan = {
  session: string
  /** Requests with a seq above this. */
  after: number
  through: number | undefined
  filter: RequestFilter
  limit: number
}

/** Seqs, both ends included. */
export type Span = { from: number; to: number }
export const WHOLE: Span = { from: 0, to: MAX_SEQ }

type Told = { session: string; span: Span; of: readonly number[]; condition: string; types: readonly string[] }

/** Reads one session's requests in the order of seq, and what belongs to them. A conflicting seq gives its first content. */
export class RequestsQueries {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  async requests({ session, after, through = MAX_SEQ, filter, limit }: RequestsSpan): Promise<ToldRequest[]> {
    const { sql, params } = conditionOf(filter, OF_SESSION)
    // Without a filter this reads no content; what is told then is read by the key.
    const found = await this.store.query({
      name: 'api.requests.seqs',
      sql: `SELECT seq FROM session_events WHERE ${OF_SESSION} AND type IN {types:Array(String)}
        AND toInt64(seq) > {after:Int64} AND seq <= {through:UInt32}${sql} GROUP BY seq ORDER BY seq LIMIT {rows:UInt32}`,
      params: { ...params, tenant: this.tenant, session, types: REQUESTS, after, through, rows: limit },
      row: z.object({ seq: z.int() }),
    })
    const seqs = found.map(({ seq }) => seq)
    return this.told('requests', ToldRequest, {
      session,
      span: spanOf(seqs),
      of: seqs,
      condition: 'seq IN {of:Array(Int64)}',
      types: REQUESTS,
    })
  }

  /** Answers, ends, calls of tools and execs that name any of these requests (or the messages of them that carried a call). */
  parts(session: string, requests: readonly number[], span: Span, types: readonly PartType[] = PARTS): Promise<ToldPart[]> {
    const condition = `JSONExtractInt(content, 'body', 'request') IN {of:Array(Int64)}`
    return this.told('parts', ToldPart, { session, span, of: requests, condition, types })
  }

  results(session: string, calls: readonly number[], span: Span): Promise<ToldPart[]> {
    const condition = `JSONExtractInt(content, 'body', 'call') IN {of:Array(Int64)}`
    return this.told('results', ToldPart, { session, span, of: calls, condition, types: ['tool.result'] })
  }

  exits(session: string, channels: readonly number[]): Promise<ToldPart[]> {
    const condition = `JSONExtractInt(content, 'body', 'channel') IN {of:Array(Int64)}`
    return this.told('exits', ToldPart, { session, span: WHOLE, of: channels, condition, types: ['kubernetes.exit'] })
  }

  /** Messages of these requests that carried calls of tools: their seqs, with the request of each. */
  async carriers(session: string, requests: readonly number[]): Promise<Map<number, number>> {
    if (requests.length === 0) return new Map()
    const rows = await this.store.query({
      name: 'api.requests.carriers',
      sql: `SELECT seq, toUInt32(JSONExtractUInt(content, 'body', 'request')) AS request FROM session_events
        WHERE ${OF_SESSION} AND type = 'http.message' AND request IN {of:Array(UInt32)} AND seq GLOBAL IN (
          SELECT toUInt32(JSONExtractUInt(content, 'body', 'request')) FROM session_events WHERE ${OF_SESSION} AND type = 'tool.call')
        LIMIT 100000`,
      params: { tenant: this.tenant, session, of: requests },
      row: z.object({ seq: z.int(), request: z.int() }),
    })
    return new Map(rows.map(({ seq, request }) => [seq, request]))
  }

  private told<T extends z.ZodType>(name: string, event: T, { session, span, of, condition, types }: Told): Promise<z.infer<T>[]> {
    if (of.length === 0 || span.from > span.to) return Promise.resolve([])
    return this.store.query({
      name: `api.requests.${name}`,
      sql: `SELECT ${TOLD} FROM session_events FINAL WHERE ${OF_SESSION} AND seq BETWEEN {from:UInt32} AND {to:UInt32}
        AND type IN {types:Array(String)} AND ${condition} ORDER BY seq, hash LIMIT 1 BY seq`,
      params: { tenant: this.tenant, session, types, left: LEFT_OUT, of, ...span },
      row: ToldRow.transform((row) => event.parse(row)),
    })
  }

  /** The event under a seq; null when there is none. */
  async event(session: string, seq: number): Promise<EventRow | null> {
    const [row] = await this.whole('event', session, `seq = {of:UInt32}`, seq, 1)
    return row ?? null
  }

  /** Whole events that name this request, messages left out. */
  details(session: string, request: number, span: Span, types: readonly string[] = DETAILS): Promise<EventRow[]> {
    const condition = `seq BETWEEN {from:UInt32} AND {to:UInt32} AND type IN {types:Array(String)}
      AND JSONExtractUInt(content, 'body', 'request') = {of:UInt32}`
    return this.whole('details', session, condition, request, MAX_DETAILS, { ...span, types })
  }

  messages(session: string, request: number, limit: number): Promise<EventRow[]> {
    const condition = `seq > {of:UInt32} AND type = 'http.message' AND JSONExtractUInt(content, 'body', 'request') = {of:UInt32}`
    return this.whole('messages', session, condition, request, limit)
  }

  /** Calls of tools that a message of this request carried. */
  callsInMessages(session: string, request: number): Promise<EventRow[]> {
    const messages = `SELECT seq FROM session_events WHERE ${OF_SESSION} AND type = 'http.message'
      AND JSONExtractUInt(content, 'body', 'request') = {of:UInt32}`
    const condition = `type = 'tool.call' AND toUInt32(JSONExtractUInt(content, 'body', 'request')) GLOBAL IN (${messages})`
    return this.whole('callsInMessages', session, condition, request, MAX_DETAILS)
  }

  resultOf(session: string, call: number): Promise<EventRow[]> {
    const condition = `seq > {of:UInt32} AND type = 'tool.result' AND JSONExtractUInt(content, 'body', 'call') = {of:UInt32}`
    return this.whole('resultOf', session, condition, call, 1)
  }

  ofChannel(session: string, type: 'kubernetes.exec' | 'kubernetes.exit', channel: number): Promise<EventRow[]> {
    const condition = `type = '${type}' AND JSONExtractUInt(content, 'body', 'channel') = {of:UInt32}`
    return this.whole('ofChannel', session, condition, channel, 1)
  }

  private whole(name: string, session: string, condition: string, of: number, limit: number, more: Parameters = {}): Promise<EventRow[]> {
    return this.store.query({
      name: `api.requests.${name}`,
      sql: `SELECT seq, content, hash FROM session_events FINAL WHERE ${OF_SESSION} AND ${condition}
        ORDER BY seq, hash LIMIT 1 BY seq LIMIT {rows:UInt32}`,
      params: { ...more, tenant: this.tenant, session, of, rows: limit },
      row: EventRow,
    })
  }
}

/** From the first to the last of seqs that are in order. */
function spanOf(seqs: readonly number[]): Span {
  return { from: seqs.at(0) ?? 1, to: seqs.at(-1) ?? 0 }
}
