import { type DigestKey, type EventBody, EventChain, type EventType, type FoundObservables, type SessionEnvelope } from '@hoptrace/events'
import type { Outbox } from '../spool/outbox.ts'
import type { KnownSession } from '../spool/recovery.ts'
import type { Clock } from './clock.ts'
import { SendQueue } from './send-queue.ts'
import type { Durability, EndReason, SessionRecording, SpoolMark, StopOrder } from './session-recording.ts'

/** What all recordings of a gateway share. */
export interface RecordingHost {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly digestKey: DigestKey
  /** Hears that sends of this recording wait for the spool; once, until `progress` says that none does any more. */
  onWaiting(recording: OpenRecording): void
  onClosed(recording: OpenRecording): void
  /** Hears of every event that the outbox has taken. */
  onAppended<T extends EventType>(type: T, body: EventBody<T>): void
}

/** Recording of one session into the outbox. */
export class OpenRecording implements SessionRecording {
  private readonly outbox: Outbox
  private readonly chain: EventChain
  private readonly forwards: SendQueue
  private readonly releases: SendQueue
  private readonly startedUs: number
  private lastMark: SpoolMark = 0
  // What the outbox has taken: a checkpoint made while it takes an event must not count that event.
  private takenSeq = -1
  private takenHash = ''
  private takenElapsedUs = 0
  private stopListener: ((order: StopOrder) => void) | null = null
  private stopOrder: StopOrder | null = null
  private ending: { reason: EndReason; message: string | null } | null = null
  private isWaiting = false
  private isLost = false
  private isClosed = false

  constructor(
    readonly envelope: SessionEnvelope,
    private readonly durability: Durability,
    private readonly host: RecordingHost,
  ) {
    this.outbox = host.outbox
    this.chain = new EventChain(envelope)
    this.forwards = new SendQueue(this.outbox)
    this.releases = new SendQueue(this.outbox)
    this.startedUs = host.clock.monotonicUs()
  }

  get digestKey(): DigestKey {
    return this.host.digestKey
  }

  get sessionId(): string {
    return this.envelope.sessionId
  }
  get mark(): SpoolMark {
    return this.lastMark
  }
  get lastSeq(): number {
    return this.chain.lastSeq
  }
  get lastHash(): string {
    return this.chain.lastHash
  }
  get known(): KnownSession {
    return { envelope: this.envelope, seq: this.takenSeq, hash: this.takenHash, elapsedUs: this.takenElapsedUs }
  }

  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    if (this.isClosed || this.ending) return this.chain.lastSeq
    if (this.outbox.downBecause !== null) return this.lose(this.outbox.downBecause)
    const elapsedUs = this.host.clock.monotonicUs() - this.startedUs
    const encoded = this.chain.nextInPlace(type, body, { wallUs: this.host.clock.wallUs(), elapsedUs }, found)
    this.lastMark = this.outbox.append(encoded)
    this.takenSeq = this.chain.lastSeq
    this.takenHash = this.chain.lastHash
    this.takenElapsedUs = elapsedUs
    this.host.onAppended(type, body)
    return this.chain.lastSeq
  }

  forward(send: () => void): void {
    if (this.isStopped) return
    if (this.isLost) {
      send()
      return
    }
    this.forwards.add(this.durability === 'strict' ? this.lastMark : 0, this.lastMark, send)
    // The sync that the answer will wait for runs while the target works.
    if (this.durability === 'default') this.outbox.want(this.lastMark)
    this.wait()
  }

  release(mark: SpoolMark, send: () => void): void {
    if (this.isStopped) return
    if (this.isLost) {
      send()
      return
    }
    const durable = this.durability === 'strict' ? this.lastMark : this.durability === 'best-effort' ? 0 : mark
    this.releases.add(durable, this.lastMark, send)
    this.wait()
  }

  onStop(listener: (order: StopOrder) => void): void {
    this.stopListener = listener
    if (this.stopOrder) listener(this.stopOrder)
  }

  end(reason: EndReason, message?: string): void {
    if (this.ending || this.isClosed) return
    // An order of the gateway's is why the connections closed, whichever end noticed first.
    const because = this.stopOrder?.reason ?? reason
    const ending = { reason: because, message: this.stopOrder?.message ?? message ?? null }
    this.append('session.ended', ending)
    this.ending = ending
    if (this.outbox.downBecause === null && !this.isLost) this.close()
  }

  /** Orders the proxy to close both connections. The first order stands. */
  stop(order: StopOrder): void {
    if (this.stopOrder || this.isClosed) return
    this.stopOrder = order
    this.forwards.clear()
    this.releases.clear()
    this.stopListener?.(order)
  }

  /** Sends what the spool now allows. @returns whether sends still wait */
  progress(): boolean {
    this.forwards.drain()
    this.releases.drain()
    this.isWaiting = this.hasHeld
    return this.isWaiting
  }

  /** The outbox went down (with the reason) or came back (null). */
  faultChanged(fault: string | null): void {
    if (fault !== null) this.lose(fault)
    else if (this.isLost) this.resume()
  }

  private wait(): void {
    if (this.isWaiting || !this.hasHeld) return
    this.isWaiting = true
    this.host.onWaiting(this)
  }

  private get hasHeld(): boolean {
    return !(this.forwards.isEmpty && this.releases.isEmpty)
  }

  private get isStopped(): boolean {
    return this.stopOrder !== null || this.isClosed
  }

  // No record, no access; unless the target says best-effort, and then the gap says so.
  private lose(fault: string): number {
    if (this.isLost) return this.chain.lastSeq
    this.isLost = true
    if (this.durability !== 'best-effort') this.stop({ reason: 'recording', message: `this session cannot be recorded (${fault})` })
    this.forwards.release()
    this.releases.release()
    return this.chain.lastSeq
  }

  // Every event made before the fall is kept by the outbox; what came after it was never made. The gap stands between.
  private resume(): void {
    const { ending } = this
    this.isLost = false
    this.ending = null
    this.append('recording.gap', { reason: 'spool', message: 'the spool could not be written', fromSeq: this.chain.lastSeq + 1 })
    if (!ending) return
    this.append('session.ended', ending)
    this.ending = ending
    this.close()
  }

  private close(): void {
    this.isClosed = true
    this.forwards.clear()
    this.releases.clear()
    this.host.onClosed(this)
  }
}
