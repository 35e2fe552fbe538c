import { decodeBytes, type EventOf, type SessionEvent } from '@hoptrace/events'
import type { RequestDetail, ToolDetail } from '../contract/index.ts'
import { eventOf } from '../events/event-row.ts'
import { maskEvent } from '../masking/mask-event.ts'
import { lineOf, partsByRequest, placeOf } from './request-lines.ts'
import { type RequestsQueries, WHOLE } from './requests.queries.ts'
import { NEAR } from './session-requests.ts'

const MAX_MESSAGES = 200
const MAX_MESSAGE_BYTES = 1024 * 1024
/** A result of a tool that a message carried: result, call, message, request. */
const MAX_STEPS = 4

type Asked = EventOf<'http.request'> | EventOf<'kubernetes.request'>
const isAsked = (event: SessionEvent): event is Asked => event.type === 'http.request' || event.type === 'kubernetes.request'

/** The request that an event of a session belongs to, or is; null for what belongs to none. */
export async function requestAt(queries: RequestsQueries, session: string, seq: number): Promise<Asked | null> {
  for (let at: number | null = seq, step = 0; at !== null && step <= MAX_STEPS; step += 1) {
    const row = await queries.event(session, at)
    if (!row) return null
    const event = eventOf(row)
    if (isAsked(event)) return event
    at = await above(queries, session, event)
  }
  return null
}

async function above(queries: RequestsQueries, session: string, { type, body }: SessionEvent): Promise<number | null> {
  if (type === 'tool.result') return body.call
  if ('request' in body && typeof body.request === 'number') return body.request
  if (!('channel' in body) || typeof body.channel !== 'number') return null
  const [exec] = await queries.ofChannel(session, 'kubernetes.exec', body.channel)
  return exec?.seq ?? null
}

/** Everything that was recorded of one request. */
export async function detailOf(queries: RequestsQueries, session: string, asked: Asked, isRevealed: boolean): Promise<RequestDetail> {
  let masked = 0
  const shown = <T extends SessionEvent>(event: T): T => {
    if (isRevealed) return event
    const one = maskEvent(event)
    masked += one.masked
    return one.shown as T
  }
  const recorded = await partsOf(queries, session, asked.seq)
  const answer = recorded.find(isOf('http.response'))
  // Where no answer is on record, nobody knows that it was no stream.
  const isStream = answer === undefined || answer.body.stream !== undefined
  const messages = isStream ? (await queries.messages(session, asked.seq, MAX_MESSAGES + 1)).map(eventOf).filter(isOf('http.message')) : []
  const told = withinBytes(messages.slice(0, MAX_MESSAGES)).map(shown)
  const parts = recorded.map(shown)
  const request = shown(asked)
  const exec = parts.find(isOf('kubernetes.exec'))
  const exit = parts.find(isOf('kubernetes.exit'))
  const ended = parts.find(isOf('http.ended'))
  return {
    line: lineOf(request, partsByRequest(parts.filter(isPart), carriersIn(parts, asked.seq)).get(asked.seq)),
    asked: askedOf(request),
    answered: pick(parts.find(isOf('http.response'))),
    ended: ended ? { ...placeOf(ended), body: ended.body } : null,
    messages: told.map((message) => ({ ...placeOf(message), observables: message.observables, body: message.body })),
    hasMoreMessages: messages.length > told.length,
    tools: parts.filter(isOf('tool.call')).map((call) => toolOf(call, parts)),
    exec: exec ? { ...pick(exec), exit: exit ? { ...placeOf(exit), body: exit.body } : null } : null,
    forwards: parts.filter(isOf('kubernetes.forward')).map((forward) => ({ ...placeOf(forward), body: forward.body })),
    masked,
  }
}

async function partsOf(queries: RequestsQueries, session: string, request: number): Promise<SessionEvent[]> {
  const own = await ownParts(queries, session, request)
  const isWebSocket = own.some((event) => event.type === 'http.response' && event.body.stream === 'websocket')
  const called = isWebSocket ? (await queries.callsInMessages(session, request)).map(eventOf) : []
  const events = [...own, ...called]
  const below = await Promise.all(
    events.map((event) => {
      if (event.type === 'tool.call') return queries.resultOf(session, event.seq)
      return event.type === 'kubernetes.exec' ? queries.ofChannel(session, 'kubernetes.exit', event.body.channel) : []
    }),
  )
  return [...events, ...below.flat().map(eventOf)].sort((one, other) => one.seq - other.seq)
}

/** What names the request: near it, and in the rest of the session where its answer or its end is not there. */
async function ownParts(queries: RequestsQueries, session: string, request: number): Promise<SessionEvent[]> {
  const near = { from: request, to: Math.min(WHOLE.to, request + NEAR) }
  const found = (await queries.details(session, request, near)).map(eventOf)
  const answer = found.find(isOf('http.response'))
  if (answer?.body.end || found.some(isOf('http.ended'))) return found
  const types = answer ? ['http.ended', 'kubernetes.exec', 'kubernetes.forward', 'tool.call'] : undefined
  return [...found, ...(await queries.details(session, request, { from: near.to + 1, to: WHOLE.to }, types)).map(eventOf)]
}

/** Every call here is of this request, whichever message carried it. */
function carriersIn(parts: readonly SessionEvent[], request: number): Map<number, number> {
  return new Map(parts.flatMap((part) => (part.type === 'tool.call' ? [[part.body.request, request] as const] : [])))
}

function toolOf(call: EventOf<'tool.call'>, parts: readonly SessionEvent[]): ToolDetail {
  const result = parts.filter(isOf('tool.result')).find(({ body }) => body.call === call.seq)
  return { ...pick(call), result: pick(result) }
}

function askedOf(event: Asked): RequestDetail['asked'] {
  const place = { ...placeOf(event), observables: event.observables }
  if (event.type === 'http.request') return { type: event.type, ...place, body: event.body }
  return { type: event.type, ...place, body: event.body }
}

type Told<T extends SessionEvent> = ReturnType<typeof placeOf> & Pick<T, 'observables' | 'body'>
function pick<T extends SessionEvent>(event: T): Told<T>
function pick<T extends SessionEvent>(event: T | undefined): Told<T> | null
function pick<T extends SessionEvent>(event: T | undefined): Told<T> | null {
  return event ? { ...placeOf(event), observables: event.observables, body: event.body } : null
}

function isOf<T extends SessionEvent['type']>(type: T) {
  return (event: SessionEvent): event is Extract<SessionEvent, { type: T }> => event.type === type
}

type Part = Extract<
  SessionEvent,
  { type: 'http.response' | 'http.ended' | 'tool.call' | 'tool.result' | 'kubernetes.exec' | 'kubernetes.exit' }
>
const isPart = (event: SessionEvent): event is Part => event.type !== 'kubernetes.forward'

function withinBytes(messages: readonly EventOf<'http.message'>[]): EventOf<'http.message'>[] {
  let bytes = 0
  const over = messages.findIndex(({ body }) => {
    bytes += decodeBytes(body.data).length
    return bytes > MAX_MESSAGE_BYTES
  })
  return over < 0 ? [...messages] : messages.slice(0, over)
}
