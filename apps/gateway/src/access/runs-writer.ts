import type { RunRecord, RunsBeat } from '@hoptrace/events'
import { type BeatFreshness, compareWriters } from './beat-freshness.ts'
import type { RunRegistry } from './run-registry.ts'
import { isBehind } from './run-set.ts'
import type { RunsFollowerListener } from './runs-follower.ts'
import { encodeRunsMessage, type RunsTopic } from './runs-topic.ts'
import { Unpublished } from './unpublished.ts'

export type RunsWriterIdentity = { tenant: string; gatewayId: string; bootId: string; operatorHash: string }

export type RunsWriterNotice =
  /** Another gateway writes the runs: this one has stepped down. */
  { kind: 'superseded'; by: RunsBeat } | { kind: 'unpublished'; error: unknown }

export class RunsNotPublishedError extends Error {
  readonly code = 'RUNS_NOT_PUBLISHED'
  readonly retryable = true
}

const BEAT_EVERY_MS = 1000
const RETRY_MS = 250
const LONGEST_RETRY_MS = 2000
const MOST_AT_ONCE = 500

/**
 * Publishes the runs of a registry to their topic, and beats.
 *
 * The registry's own log stays what counts: the topic is compared with it at the start, and whatever it lacks or has
 * of an earlier state is published, then and whenever a record turns up that is behind (a broker may take late what
 * the producer had given up on). A beat follows everything published before it.
 */
export class RunsWriter implements RunsFollowerListener {
  private readonly unpublished = new Unpublished()
  private highestEpoch = 0
  private epoch: number | null = null
  private beats = 0
  private beatAtMs = Number.NEGATIVE_INFINITY
  private successor: RunsBeat | null = null
  private isClosed = false
  private wake: () => void = () => {}
  private running: Promise<void> | null = null

  constructor(
    private readonly identity: RunsWriterIdentity,
    private readonly registry: RunRegistry,
    private readonly topic: RunsTopic,
    private readonly freshness: BeatFreshness,
    private readonly nowMs: () => number,
    private readonly onNotice: (notice: RunsWriterNotice) => void,
  ) {
    for (const { run } of registry.list()) this.unpublished.add(run.id)
    registry.onChange((ids) => this.changed(ids))
  }

  /** The writer that has replaced this one; null while this one writes. */
  get supersededBy(): RunsBeat | null {
    return this.successor
  }

  get state(): { epoch: number | null; unpublished: number } {
    return { epoch: this.epoch, unpublished: this.unpublished.size }
  }

  /**
   * Resolves once all that has happened to runs so far is in the topic.
   * @throws RunsNotPublishedError when that takes longer
   */
  async published(withinMs: number): Promise<void> {
    if (await this.unpublished.settled(withinMs)) return
    throw new RunsNotPublishedError('the topic of runs could not be written in time')
  }

  onRun(record: RunRecord): void {
    const { id } = record.run
    const known = this.registry.find(id)
    if (!known || isBehind(known.state, record.state)) this.registry.adopt(record)
    else if (isBehind(record.state, known.state)) this.owe(id)
    else if (this.epoch === null) this.unpublished.drop(id)
  }

  onBeat(beat: RunsBeat, isNew: boolean): void {
    this.freshness.take(beat, isNew)
    this.highestEpoch = Math.max(this.highestEpoch, beat.epoch)
    const { bootId } = this.identity
    const isLater = this.epoch !== null && compareWriters(beat, { epoch: this.epoch, bootId }) > 0
    if (isLater && this.successor === null) this.stepDown(beat)
  }

  onCaughtUp(): void {
    this.epoch = this.highestEpoch + 1
    this.running = this.run()
  }

  /** Publishes what is left, within a bound. */
  async close(withinMs: number): Promise<void> {
    if (this.running) await this.unpublished.settled(withinMs)
    this.isClosed = true
    this.wake()
  }

  // What happened before is published still: an end must not be lost with its writer.
  private stepDown(successor: RunsBeat): void {
    this.successor = successor
    this.registry.follow(this.freshness)
    this.onNotice({ kind: 'superseded', by: successor })
  }

  private owe(id: string): void {
    if (!this.unpublished.has(id)) this.changed([id])
  }

  private changed(ids: readonly string[]): void {
    if (this.successor) return
    for (const id of ids) this.unpublished.add(id)
    this.wake()
  }

  private async run(): Promise<void> {
    let failures = 0
    while (!this.isClosed) {
      try {
        await this.publish()
        failures = 0
      } catch (error) {
        failures += 1
        this.onNotice({ kind: 'unpublished', error })
      }
      const isMore = failures === 0 && this.unpublished.size > 0
      const pauseMs = Math.min(RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)
      if (!isMore) await this.pause(failures > 0 ? pauseMs : this.untilBeatMs, failures === 0)
    }
  }

  private async publish(): Promise<void> {
    const batch = this.unpublished.first(MOST_AT_ONCE)
    const messages = batch.ids.map((id) => this.registry.find(id)).flatMap((known) => (known ? [known] : []))
    const encoded = messages.map((known) => encodeRunsMessage({ v: 1, kind: 'run', tenant: this.identity.tenant, ...known }))
    const isBeatDue = batch.isAll && this.successor === null && this.untilBeatMs <= 0
    if (isBeatDue) encoded.push(encodeRunsMessage(this.beat()))
    if (encoded.length === 0) return
    await this.topic.send(encoded)
    this.unpublished.remove(batch)
    if (isBeatDue) this.beatAtMs = this.nowMs()
  }

  private beat(): RunsBeat {
    const seq = this.beats++
    return { v: 1, kind: 'beat', ...this.identity, epoch: this.epoch ?? 1, seq }
  }

  private get untilBeatMs(): number {
    return this.successor ? BEAT_EVERY_MS : this.beatAtMs + BEAT_EVERY_MS - this.nowMs()
  }

  private pause(ms: number, isEarlyOnChange: boolean): Promise<void> {
    if (this.isClosed || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        if (!isEarlyOnChange && !this.isClosed) return
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
