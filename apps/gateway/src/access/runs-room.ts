import type { RunsBeat } from '@hoptrace/events'
import type { Clock } from '../recording/clock.ts'
import { BeatFreshness } from './beat-freshness.ts'
import { FollowedRuns } from './followed-runs.ts'
import type { KnownRuns } from './known-runs.ts'
import type { RunLog } from './run-log.ts'
import type { RunRegistry } from './run-registry.ts'
import { RunsFollower, type RunsFollowerListener, type RunsNotice } from './runs-follower.ts'
import type { RunsTopic } from './runs-topic.ts'
import { RunsWriter, type RunsWriterIdentity, type RunsWriterNotice } from './runs-writer.ts'

export type RunsRoomState = {
  /** `alone`: there are no other gateways. */
  role: 'alone' | 'writer' | 'reader'
  isFresh: boolean
  /** Age of what this gateway knows; null where this gateway writes the runs itself, or none has come. */
  ageSeconds: number | null
  /** Of whoever writes the runs, as far as this gateway knows. */
  writer: { gatewayId: string; epoch: number } | null
  /** Runs whose newest state is not in the topic yet. */
  unpublished: number
}

/** What a gateway knows of runs, and how it comes to know it. */
export interface RunsRoom {
  readonly known: KnownRuns
  readonly state: RunsRoomState
  start(): void
  /** Runs as they stand are published first, within a bound. */
  close(): Promise<void>
}

type Notice = (notice: RunsNotice | RunsWriterNotice) => void

const PUBLISH_AT_CLOSE_WITHIN_MS = 1500

/** The one gateway there is. */
export class RunsAlone implements RunsRoom {
  readonly state = { role: 'alone', isFresh: true, ageSeconds: null, writer: null, unpublished: 0 } as const

  constructor(
    readonly known: RunRegistry,
    private readonly log: RunLog,
  ) {}

  start(): void {}

  async close(): Promise<void> {
    this.log.close()
  }
}

/** The gateway that writes the runs of all. */
export class RunsWritten implements RunsRoom {
  readonly writer: RunsWriter
  private readonly follower: RunsFollower
  private readonly freshness: BeatFreshness

  constructor(
    private readonly identity: RunsWriterIdentity,
    readonly known: RunRegistry,
    private readonly log: RunLog,
    topic: RunsTopic,
    nowMs: () => number,
    onNotice: Notice,
  ) {
    this.freshness = new BeatFreshness(nowMs, () => this.follower.ageMs)
    this.writer = new RunsWriter(identity, known, topic, this.freshness, nowMs, onNotice)
    this.follower = new RunsFollower(identity.tenant, topic, this.writer, onNotice)
  }

  get state(): RunsRoomState {
    const { supersededBy, state } = this.writer
    const { epoch, unpublished } = state
    const own = epoch === null ? null : { gatewayId: this.identity.gatewayId, epoch }
    const ageSeconds = supersededBy ? secondsOf(this.freshness) : null
    const writer = supersededBy ? writerOf(this.freshness.beat ?? supersededBy) : own
    return { role: supersededBy ? 'reader' : 'writer', isFresh: this.known.isFresh, ageSeconds, writer, unpublished }
  }

  start(): void {
    this.follower.start()
  }

  async close(): Promise<void> {
    await this.writer.close(PUBLISH_AT_CLOSE_WITHIN_MS)
    await this.follower.close()
    this.log.close()
  }
}

/** A gateway that follows the one that writes. */
export class RunsFollowed implements RunsRoom {
  readonly known: FollowedRuns
  private readonly follower: RunsFollower
  private readonly freshness: BeatFreshness

  /** @param onEnded hears of runs that have ended, so that their sessions do too */
  constructor(
    tenant: string,
    topic: RunsTopic,
    clock: Clock,
    onEnded: (ids: readonly string[], state: 'expired' | 'revoked') => void,
    onNotice: Notice,
  ) {
    const nowMs = () => clock.monotonicUs() / 1000
    this.freshness = new BeatFreshness(nowMs, () => this.follower.ageMs)
    this.known = new FollowedRuns(clock, this.freshness, onEnded)
    const listener: RunsFollowerListener = {
      onRun: (record) => this.known.take(record),
      onBeat: (beat, isNew) => this.freshness.take(beat, isNew),
      onCaughtUp: () => {},
    }
    this.follower = new RunsFollower(tenant, topic, listener, onNotice)
  }

  get state(): RunsRoomState {
    const { beat } = this.freshness
    const ageSeconds = secondsOf(this.freshness)
    return { role: 'reader', isFresh: this.known.isFresh, ageSeconds, writer: beat && writerOf(beat), unpublished: 0 }
  }

  start(): void {
    this.follower.start()
  }

  close(): Promise<void> {
    return this.follower.close()
  }
}

function secondsOf({ ageMs }: BeatFreshness): number | null {
  return Number.isFinite(ageMs) ? ageMs / 1000 : null
}

function writerOf({ gatewayId, epoch }: RunsBeat): { gatewayId: string; epoch: number } {
  return { gatewayId, epoch }
}
