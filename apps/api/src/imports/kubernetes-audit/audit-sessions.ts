import type { EventBody, EventType } from '@hoptrace/events'
import type { AuditEvent } from './audit-event.ts'
import { endOf, requestOf, responseOf } from './exchange-bodies.ts'
import { PendingRequests } from './pending-requests.ts'

/** Whose requests: who connected, as whom it acted, from where and with what. */
export type Caller = { principal: string; account: string; address: string | null; client: string | null }

/** A session as it begins. `ordinal` counts the file's sessions from 0: with the file's digest it names this one. */
export type FoundSession = { ordinal: number; caller: Caller; startedUs: number }

/**
 * An event of one of the sessions, before it is numbered. `atUs` is since the epoch. An answer stands where it is logged, and with it
 * its request, whatever was asked meanwhile: `elapsedUs` never goes back.
 */
export type FoundEvent = {
  [T in EventType]: { session: FoundSession; type: T; atUs: number; elapsedUs: number; body: EventBody<T> }
}[EventType]

type Open = { session: FoundSession; lastUs: number; events: number; inFlight: number }

/** Without a request for so long a session has ended. */
const IDLE_US = 300 * 1_000_000
/** How often those are looked for. */
const SWEEP_US = 30 * 1_000_000
/** Sessions that are open at once; of more, those that were quiet longest end. */
const MAX_OPEN = 10_000

/**
 * Folds audit events into sessions: one caller's requests until it asks for nothing for a while, and nothing is under way. The stages
 * of one request become its `kubernetes.request` and the `http.response` that answers it; of a watch the end stands apart.
 * The same events in the same order give the same sessions.
 */
export class AuditSessions {
  private readonly open = new Map<string, Open>()
  private readonly pending = new PendingRequests<{ key: string; request: number }>()
  private count = 0
  private latestUs = 0
  private sweptUs = 0

  /** @param imported how sessions say where they come from */
  constructor(private readonly imported: NonNullable<EventBody<'session.started'>['imported']>) {}

  *take(event: AuditEvent): Generator<FoundEvent> {
    this.latestUs = Math.max(this.latestUs, event.stageTimestamp)
    if (event.stage === 'RequestReceived') {
      // Its body is told by the stage that follows: without one, the request never came to an end.
      const evicted = this.pending.received(event)
      if (evicted) yield* this.asked(evicted)
      return
    }
    const started = this.pending.started(event.auditID)
    if (started && event.stage !== 'ResponseStarted') yield* this.ended(started, event)
    else if (!started) yield* this.answered(event)
    yield* this.endQuiet()
  }

  /** The end of the file: what was under way has no end on record. */
  *finish(): Generator<FoundEvent> {
    for (const event of this.pending.unanswered()) yield* this.asked(event)
    for (const key of [...this.open.keys()]) yield* this.end(key)
  }

  private *answered(event: AuditEvent): Generator<FoundEvent> {
    this.pending.forget(event.auditID)
    const { key, open, request } = yield* this.asked(event)
    yield this.event(open, 'http.response', event.stageTimestamp, responseOf(event, request))
    if (event.stage !== 'ResponseStarted') return
    open.inFlight += 1
    const evicted = this.pending.start(event.auditID, { key, request })
    const other = evicted && this.open.get(evicted.key)
    if (other) other.inFlight -= 1
  }

  private *asked(event: AuditEvent): Generator<FoundEvent, { key: string; open: Open; request: number }> {
    const key = keyOf(event)
    const known = this.open.get(key)
    if (known && known.inFlight === 0 && event.requestReceivedTimestamp - known.lastUs > IDLE_US) yield* this.end(key)
    const open = this.open.get(key) ?? (yield* this.begin(key, event))
    const request = open.events
    yield this.event(open, 'kubernetes.request', event.requestReceivedTimestamp, requestOf(event))
    // Those that are quiet longest stand first.
    this.open.delete(key)
    this.open.set(key, open)
    return { key, open, request }
  }

  private *ended({ key, request }: { key: string; request: number }, event: AuditEvent): Generator<FoundEvent> {
    this.pending.forget(event.auditID)
    const open = this.open.get(key)
    if (!open) return
    open.inFlight -= 1
    yield this.event(open, 'http.ended', event.stageTimestamp, { request, ...endOf(event) })
  }

  private *begin(key: string, event: AuditEvent): Generator<FoundEvent, Open> {
    const caller = callerOf(event)
    const session = { ordinal: this.count, caller, startedUs: event.requestReceivedTimestamp }
    const open: Open = { session, lastUs: session.startedUs, events: 0, inFlight: 0 }
    this.count += 1
    this.open.set(key, open)
    const body = { client: caller.client, database: null, tls: true, imported: this.imported }
    yield this.event(open, 'session.started', session.startedUs, body)
    return open
  }

  // Not after each event: to reach the first of them means to pass over all that moved since.
  private *endQuiet(): Generator<FoundEvent> {
    if (this.latestUs - this.sweptUs < SWEEP_US && this.open.size <= MAX_OPEN) return
    this.sweptUs = this.latestUs
    for (const [key, { lastUs, inFlight }] of this.open) {
      const isQuiet = inFlight === 0 && this.latestUs - lastUs > IDLE_US
      if (!isQuiet && this.open.size <= MAX_OPEN) return
      yield* this.end(key)
    }
  }

  private *end(key: string): Generator<FoundEvent> {
    const open = this.open.get(key)
    if (!open) return
    this.open.delete(key)
    yield this.event(open, 'session.ended', open.lastUs, { reason: 'imported', message: null })
  }

  private event<T extends EventType>(open: Open, type: T, atUs: number, body: EventBody<T>): FoundEvent {
    open.events += 1
    open.lastUs = Math.max(open.lastUs, atUs)
    const elapsedUs = open.lastUs - open.session.startedUs
    return { session: open.session, type, atUs, elapsedUs, body } as FoundEvent
  }
}

// Of the addresses only the last is the server's own observation.
function callerOf({ user, impersonatedUser, sourceIPs, userAgent }: AuditEvent): Caller {
  const principal = user.username === '' ? 'system:anonymous' : user.username
  const account = impersonatedUser?.username || principal
  return { principal, account, address: sourceIPs?.at(-1) ?? null, client: userAgent ?? null }
}

function keyOf(event: AuditEvent): string {
  const { principal, account, address, client } = callerOf(event)
  return JSON.stringify([principal, account, address, client])
}
