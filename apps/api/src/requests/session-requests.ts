import type { RequestFilter, RequestItem, RequestLine } from '../contract/index.ts'
import { encodeCursor } from '../http/cursor.ts'
import { maskEvent } from '../masking/mask-event.ts'
import { foldDiscovery, lineOf, partsByRequest } from './request-lines.ts'
import { type RequestsQueries, type Span, WHOLE } from './requests.queries.ts'
import { asEvent, type ToldPart, type ToldRequest } from './told-event.ts'

/** One page looks at no more requests than this: a longer run of discovery comes in several items. */
const MAX_LOOKED_AT = 4000
/** Events after a request among which its answer is looked for first. */
export const NEAR = 1000

export type PageOf = {
  session: string
  after: number
  through: number | undefined
  filter: RequestFilter
  limit: number
  isFolded: boolean
  isRevealed: boolean
}

export type ItemsPage = { items: RequestItem[]; nextCursor: string | null; masked: number }

/** A page of a session's requests, with how each went. */
export async function pageOfRequests(queries: RequestsQueries, of: PageOf): Promise<ItemsPage> {
  const { asked, nextCursor } = await requestsOf(queries, of)
  let masked = 0
  const shown = <T extends ToldRequest | ToldPart>(told: T): T => {
    if (of.isRevealed) return told
    const one = maskEvent(asEvent(told))
    masked += one.masked
    return one.shown as unknown as T
  }
  const lines = await linesOf(queries, of.session, asked, shown)
  return { items: of.isFolded ? foldDiscovery(lines) : lines, nextCursor, masked }
}

async function linesOf(
  queries: RequestsQueries,
  session: string,
  asked: readonly ToldRequest[],
  shown: <T extends ToldRequest | ToldPart>(told: T) => T,
): Promise<RequestLine[]> {
  const seqs = asked.map(({ seq }) => seq)
  const parts = await partsOf(queries, session, seqs)
  const streams = parts.flatMap((part) => (part.type === 'http.response' && part.body.stream === 'websocket' ? [part.body.request] : []))
  const carriers = await queries.carriers(session, streams)
  const carried = await queries.parts(session, [...carriers.keys()], WHOLE, ['tool.call'])
  const calls = [...parts, ...carried].flatMap((part) => (part.type === 'tool.call' ? [part.seq] : []))
  const channels = parts.flatMap((part) => (part.type === 'kubernetes.exec' ? [part.body.channel] : []))
  const [results, exits] = await Promise.all([resultsOf(queries, session, calls), queries.exits(session, channels)])
  const byRequest = partsByRequest([...parts, ...carried, ...results, ...exits].map(shown), carriers)
  return asked.map((request) => lineOf(shown(request), byRequest.get(request.seq)))
}

/** What belongs to these requests. Most of it stands near them: the rest of a long session is read for what was not found there. */
async function partsOf(queries: RequestsQueries, session: string, seqs: readonly number[]): Promise<ToldPart[]> {
  const near = nearOf(seqs)
  const found = await queries.parts(session, seqs, near)
  const answers = found.filter((part) => part.type === 'http.response')
  const rest = { from: near.to + 1, to: WHOLE.to }
  const unanswered = without(
    seqs,
    answers.map(({ body }) => body.request),
  )
  const answeredLate = await queries.parts(session, unanswered, rest)
  const over = [...found, ...answeredLate].flatMap((part) => (part.type === 'http.ended' ? [part.body.request] : []))
  const open = answers.flatMap(({ body }) => (body.end ? [] : [body.request]))
  return [...found, ...answeredLate, ...(await queries.parts(session, without(open, over), rest, ['http.ended', 'kubernetes.exec']))]
}

async function resultsOf(queries: RequestsQueries, session: string, calls: readonly number[]): Promise<ToldPart[]> {
  const near = nearOf(calls)
  const found = await queries.results(session, calls, near)
  const answered = found.flatMap((part) => (part.type === 'tool.result' ? [part.body.call] : []))
  return [...found, ...(await queries.results(session, without(calls, answered), { from: near.to + 1, to: WHOLE.to }))]
}

function nearOf(seqs: readonly number[]): Span {
  const [from, to] = seqs.reduce<[number, number]>(([least, most], seq) => [Math.min(least, seq), Math.max(most, seq)], [WHOLE.to, 0])
  return { from, to: Math.min(WHOLE.to, to + NEAR) }
}

function without(seqs: readonly number[], known: readonly number[]): number[] {
  const has = new Set(known)
  return seqs.filter((seq) => !has.has(seq))
}

/** The requests of one page: as many as make `limit` items once discovery is folded. */
async function requestsOf(queries: RequestsQueries, of: PageOf): Promise<{ asked: ToldRequest[]; nextCursor: string | null }> {
  const asked: ToldRequest[] = []
  let items = 0
  for (let { after } = of; asked.length < MAX_LOOKED_AT; ) {
    const rows = await queries.requests({ ...of, after, limit: of.limit + 1 })
    for (const row of rows) {
      const last = asked.at(-1)
      const isJoined = of.isFolded && last !== undefined && isDiscovery(last) && isDiscovery(row)
      if (!isJoined && items === of.limit) return { asked, nextCursor: encodeCursor([last?.seq ?? after]) }
      if (!isJoined) items += 1
      asked.push(row)
    }
    if (rows.length <= of.limit) return { asked, nextCursor: null }
    after = asked.at(-1)?.seq ?? after
  }
  return { asked, nextCursor: encodeCursor([asked.at(-1)?.seq ?? of.after]) }
}

function isDiscovery(request: ToldRequest): boolean {
  return request.type === 'kubernetes.request' && request.body.isDiscovery
}
