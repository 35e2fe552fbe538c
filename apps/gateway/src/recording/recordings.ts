import {
  type DigestKey,
  type EventBody,
  EventChain,
  type EventType,
  type FoundObservables,
  type SessionEnvelope,
  uuidv7,
} from '@hoptrace/events'
import type { Outbox } from '../spool/outbox.ts'
import { encodeKnownSessions, type KnownSession } from '../spool/recovery.ts'
import type { Clock } from './clock.ts'
import { OpenRecording, type RecordingHost } from './open-recording.ts'
import type { Durability, StopOrder } from './session-recording.ts'

type PreviousBoot = EventBody<'session.started'>['previousBoot']
type SpoolSaid = EventBody<'gateway.heartbeat'>['spool']
/** A session's id, its last seq and the hash of that event. */
type Head = [sessionId: string, lastSeq: number, hash: string]

export type GatewayIdentity = { tenant: string; gatewayId: string; bootId: string }

/** A checkpoint names every open session with all that its events have in common, and must stay below a record's 16 MiB. */
const MAX_OPEN = 4000
/** Fewer sessions in a heartbeat than would pass an event's size. */
const MAX_HEARTBEAT_SESSIONS = 6000
/** So many sessions that ended call for a heartbeat before its time. */
const MAX_ENDED = 2000

/** All recordings that are open at this gateway, and its own boot stream for what belongs to no session. */
export class Recordings implements RecordingHost {
  private readonly open = new Map<string, OpenRecording>()
  private waiting: OpenRecording[] = []
  /** Sessions that ended since the last heartbeat. */
  private ended: Head[] = []
  /** The gateway's stream that the last one left open. */
  private crashedBoot: PreviousBoot
  private readonly boot: OpenRecording
  readonly outbox: Outbox
  /** How much of its bound the spool takes, for heartbeats to tell. */
  spoolLevel: () => SpoolSaid = () => undefined

  constructor(
    private readonly identity: GatewayIdentity,
    readonly digestKey: DigestKey,
    readonly clock: Clock,
    private readonly random: (bytes: number) => Buffer,
    /** Sessions that the last gateway on this spool left open. */
    private crashed: readonly KnownSession[],
    openOutbox: (checkpoint: () => Buffer) => Outbox,
    /** Hears of every event that was appended. */
    private readonly recorded: <T extends EventType>(type: T, body: EventBody<T>) => void = () => undefined,
  ) {
    this.outbox = openOutbox(() => encodeKnownSessions(this.known()))
    this.outbox.onProgress(() => this.progress())
    this.outbox.onFault((fault) => this.faultChanged(fault))
    const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
    this.boot = new OpenRecording({ ...identity, ...nobody, sessionId: identity.bootId }, 'best-effort', this)
  }

  /** Is recording possible now? Null, or why not. */
  get downBecause(): string | null {
    return this.outbox.downBecause
  }
  get openCount(): number {
    return this.open.size
  }
  /** Are as many sessions open as can be recorded? */
  get isFull(): boolean {
    return this.open.size >= MAX_OPEN
  }

  /** Opens the recording of a new session. */
  start(
    who: Pick<SessionEnvelope, 'run' | 'principal' | 'rootPrincipal' | 'lineage' | 'origin' | 'target'>,
    durability: Durability,
  ): OpenRecording {
    const sessionId = uuidv7(Math.floor(this.clock.wallUs() / 1000), this.random(10))
    const recording = new OpenRecording({ ...this.identity, ...who, sessionId }, durability, this)
    this.open.set(sessionId, recording)
    return recording
  }

  /** Begins the boot stream, so that a gateway that died at once is on record too. */
  announceBoot(closed?: PreviousBoot): void {
    const previousBoot = this.crashedBoot ?? closed
    this.note('session.started', { client: 'hoptrace gateway', database: null, ...(previousBoot ? { previousBoot } : {}), tls: false })
  }

  /** Appends to the boot stream, gapless like any session's. */
  note<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    return this.boot.append(type, body, found)
  }

  /**
   * Names the last event of every session that was open since the last heartbeat: a lost tail shows, and a session that
   * is lost whole, however short it was. Those that ended come first: they are not named again.
   */
  heartbeat(): void {
    const all = [...this.ended, ...[...this.open.values()].map((r): Head => [r.sessionId, r.lastSeq, r.lastHash])]
    const named = all.slice(0, MAX_HEARTBEAT_SESSIONS)
    this.ended = []
    const spool = this.spoolLevel()
    this.note('gateway.heartbeat', {
      heads: named.map(([, , hash]) => hash.slice(0, 32)),
      open: named.map(([id, seq]) => [id, seq]),
      ...(named.length < all.length ? { truncated: { kept: named.length, total: all.length } } : {}),
      ...(spool ? { spool } : {}),
    })
  }

  /** Ends the open sessions of these runs. @returns how many */
  stopRuns(runs: ReadonlySet<string>, order: StopOrder): number {
    const affected = [...this.open.values()].filter((r) => r.envelope.run !== null && runs.has(r.envelope.run))
    for (const recording of affected) recording.stop(order)
    return affected.length
  }

  openSessionsOf(run: string): number {
    return [...this.open.values()].filter((r) => r.envelope.run === run).length
  }

  stopAll(order: StopOrder): void {
    for (const recording of [...this.open.values()]) recording.stop(order)
  }

  /** Says of every session that was open when the last gateway died that something may be missing, and ends it. */
  closeCrashed(): void {
    for (let session = this.crashed[0]; session; session = this.crashed[0]) this.closeCrashedOne(session)
  }

  // A checkpoint made on the way must tell how far each has come: said twice, an ending would be a conflict.
  private closeCrashedOne(session: KnownSession): void {
    const chain = new EventChain(session.envelope, session)
    const at = { wallUs: this.clock.wallUs(), elapsedUs: session.elapsedUs }
    const message = 'the gateway died while this session was open'
    const isBoot = session.envelope.sessionId === session.envelope.bootId
    if (!isBoot) {
      const gap = { reason: 'crash', message, fromSeq: session.seq + 1 } as const
      this.outbox.append(chain.next('recording.gap', gap, at))
      this.recorded('recording.gap', gap)
      this.crashed = [{ ...session, seq: chain.lastSeq, hash: chain.lastHash }, ...this.crashed.slice(1)]
    }
    this.outbox.append(chain.next('session.ended', { reason: 'crash', message }, at))
    this.crashed = this.crashed.slice(1)
    this.ended.push([session.envelope.sessionId, chain.lastSeq, chain.lastHash])
    if (isBoot) this.crashedBoot = { bootId: session.envelope.bootId, lastSeq: chain.lastSeq, hash: chain.lastHash }
  }

  /** Ends the boot stream and closes the spool, all durable. */
  async close(): Promise<void> {
    for (const recording of [...this.open.values()]) recording.end('shutdown')
    this.heartbeat()
    this.boot.end('shutdown')
    await this.outbox.close()
  }

  onAppended<T extends EventType>(type: T, body: EventBody<T>): void {
    this.recorded(type, body)
  }

  onWaiting(recording: OpenRecording): void {
    this.waiting.push(recording)
  }

  onClosed(recording: OpenRecording): void {
    this.open.delete(recording.sessionId)
    if (recording === this.boot) return
    this.ended.push([recording.sessionId, recording.lastSeq, recording.lastHash])
    if (this.ended.length >= MAX_ENDED) this.heartbeat()
  }

  private progress(): void {
    const { waiting } = this
    this.waiting = []
    for (const recording of waiting) if (recording.progress()) this.waiting.push(recording)
  }

  private faultChanged(fault: string | null): void {
    this.boot.faultChanged(fault)
    for (const recording of [...this.open.values()]) recording.faultChanged(fault)
  }

  // Called by the outbox while this object is still being built, too: then nothing is open yet.
  private known(): KnownSession[] {
    if (!this.boot) return [...this.crashed]
    const open = [this.boot, ...this.open.values()].map((r) => r.known).filter((known) => known.seq >= 0)
    // Until they are closed here, a death of this gateway must not lose those that the last one left.
    return [...this.crashed, ...open]
  }
}
