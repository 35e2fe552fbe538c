import {
  type Decoded,
  type DigestKey,
  decodeEvent,
  type EventBody,
  EventChain,
  type EventOf,
  type EventType,
  type FoundObservables,
  type SessionEvent,
} from '@hoptrace/events'
import type { EndReason, SessionRecording, SpoolMark, StopOrder } from '../recording/session-recording.ts'

export const ENVELOPE = {
  tenant: 'default',
  sessionId: '0197a000-0000-7000-8000-000000000001',
  gatewayId: 'gateway-1',
  bootId: '0197a000-0000-7000-8000-000000000002',
  run: '0197a000-0000-7000-8000-000000000003',
  principal: 'agent@example',
  rootPrincipal: 'owner@example',
  lineage: [],
  origin: { address: '127.0.0.1', port: 40_000, client: null },
  target: { name: 'orders', protocol: 'postgres' as const, address: '127.0.0.1:5432', account: 'app' },
}

/**
 * A session's recording without a disk: events are chained, encoded, and read back with their schema, so that a body that does not fit
 * fails the test that made it. Callbacks run at once, in their order, or when `isHeld` is lifted.
 */
export class InMemoryRecording implements SessionRecording {
  readonly sessionId = ENVELOPE.sessionId
  readonly digestKey: DigestKey = { id: 'k1', secret: Buffer.alloc(32, 7) }
  readonly events: SessionEvent[] = []
  ended: { reason: EndReason; message: string | null } | null = null
  largestEvent = 0
  private readonly chain = new EventChain(ENVELOPE)
  private readonly held: (() => void)[] = []
  private isHeld = false
  private isClosed = false
  private stopListener: ((order: StopOrder) => void) | null = null

  get mark(): SpoolMark {
    return this.chain.lastSeq
  }

  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    const encoded = this.chain.next(type, body, { wallUs: 0n, elapsedUs: 0 }, found)
    this.largestEvent = Math.max(this.largestEvent, encoded.length)
    this.events.push(readBack(decodeEvent(encoded)))
    return this.chain.lastSeq
  }

  forward(send: () => void): void {
    this.run(send)
  }

  release(_mark: SpoolMark, send: () => void): void {
    this.run(send)
  }

  onStop(listener: (order: StopOrder) => void): void {
    this.stopListener = listener
  }

  end(reason: EndReason, message?: string): void {
    if (this.ended) return
    this.ended = { reason, message: message ?? null }
    this.append('session.ended', this.ended)
    this.isClosed = true
  }

  stop(order: StopOrder): void {
    this.stopListener?.(order)
    this.isClosed = true
  }

  /** Callbacks wait, as behind a disk that does not answer. */
  hold(): void {
    this.isHeld = true
  }

  letGo(): void {
    this.isHeld = false
    for (const send of this.held.splice(0)) this.run(send)
  }

  of<T extends EventType>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type)
  }

  private run(send: () => void): void {
    if (this.isHeld) this.held.push(send)
    else if (!this.isClosed) send()
  }
}

function readBack(decoded: Decoded): SessionEvent {
  if (decoded.kind === 'rejected') throw new Error(`the recorder made no event: ${decoded.reason} at ${decoded.at}`)
  return decoded.event
}
