import type { NotedSources } from './noted-sources.ts'
import type { NoteRef } from './sorter.ts'

/** Gateways name themselves: more than this many of one tenant, and the first known is forgotten. */
const MAX_GATEWAYS = 10_000
/** Heartbeats of one gateway that wait for a partition which lags. Of more, the newest takes the place of the one before it. */
const MAX_WAITING = 100
/** A gateway that was taken out of service is not named for ever: after so many times the silence that it may keep. */
const FORGOTTEN_AFTER = 1000

/** A gateway's heartbeat, as its note tells of it. */
export type Beat = {
  gateway: string
  tsUs: number
  /** Partition of the events that the heartbeat stood in. */
  source: number
  /** Everything that the gateway recorded before stands before these offsets of the partitions of the events. */
  ends: readonly number[]
  /** Where the note stood. */
  ref: NoteRef
}

export type WatermarkState = {
  /** Everything before this moment of event time has come, in µs; null while nobody says so. */
  reachedUs: number | null
  /** Gateways that said nothing for longer than they may: what they recorded last may come late, and what follows is partial. */
  silent: string[]
}

type Lane = {
  reachedUs: number
  /** Where the last heartbeat stood, or null before the first. */
  source: number | null
  heardMs: number
  waiting: { beat: Beat; heardMs: number }[]
  /** The heartbeat that says how far the gateway has come: read again after a restart, it says so again. */
  standing: NoteRef | null
}

/**
 * How far one tenant's event time has come.
 *
 * The rule: a heartbeat counts once the notes of everything before its `ends` have been read. That is exact whichever partition lags,
 * be it one of the events or one of the notes, since a gateway publishes a heartbeat when all that it recorded before is acknowledged
 * (see `KafkaPublisher`), the ends are asked for after the heartbeat was read (see `Rekey`), and every partition of the notes is told,
 * behind the notes themselves, how far the events were noted (see `ProgressReport`, `NotedSources`).
 *
 * The watermark is the least of the last heartbeats that count, over all gateways of which any note has come; of one that has not
 * spoken yet, nothing is known to have come. A gateway whose partition was read to its end, and which said nothing for longer than
 * `silenceMs`, holds nobody up: it is named, and counts again as soon as it speaks. Time during which its partition lags is no silence.
 */
export class Watermarks {
  private readonly lanes = new Map<string, Lane>()
  private superseded: NoteRef[] = []

  constructor(
    private readonly sources: NotedSources,
    private readonly silenceMs: number,
    /** A heartbeat waits this long at most. */
    private readonly lagMs: number,
  ) {}

  /** A note of something that this gateway recorded has come. @param nowMs when; only differences matter */
  met(gateway: string, nowMs: number): void {
    if (!this.lanes.has(gateway)) this.begin(gateway, nowMs)
  }

  observe(beat: Beat, nowMs: number): void {
    const lane = this.lanes.get(beat.gateway) ?? this.begin(beat.gateway, nowMs)
    lane.source = beat.source
    lane.heardMs = nowMs
    if (lane.waiting.length >= MAX_WAITING) this.superseded.push(...lane.waiting.splice(-1).map((last) => last.beat.ref))
    lane.waiting.push({ beat, heardMs: nowMs })
  }

  state(nowMs: number): WatermarkState {
    const silent: string[] = []
    let reachedUs: number | null = null
    for (const [gateway, lane] of this.lanes) {
      this.advance(lane, nowMs)
      const silentMs = lane.waiting.length > 0 ? 0 : this.sources.currentToMs(lane.source, nowMs) - lane.heardMs
      if (silentMs > FORGOTTEN_AFTER * this.silenceMs) this.forget(gateway, lane)
      else if (silentMs > this.silenceMs) {
        silent.push(gateway)
        this.supersede(lane, null)
      } else reachedUs = Math.min(reachedUs ?? Number.POSITIVE_INFINITY, lane.reachedUs)
    }
    return { reachedUs, silent: silent.sort() }
  }

  /** Notes of heartbeats that say nothing any more, since they were asked for last. The others need to be read again after a restart. */
  takeSuperseded(): NoteRef[] {
    return this.superseded.splice(0)
  }

  private advance(lane: Lane, nowMs: number): void {
    const counts = ({ beat, heardMs }: Lane['waiting'][number]): boolean =>
      nowMs - heardMs > this.lagMs || beat.ends.every((end, source) => end <= this.sources.passed(source))
    for (let first = lane.waiting[0]; first && counts(first); first = lane.waiting[0]) {
      // A clock that steps back takes nothing back.
      lane.reachedUs = Math.max(lane.reachedUs, first.beat.tsUs)
      this.supersede(lane, first.beat.ref)
      lane.waiting.shift()
    }
  }

  private begin(gateway: string, nowMs: number): Lane {
    for (const [name, lane] of this.lanes) {
      if (this.lanes.size < MAX_GATEWAYS) break
      this.forget(name, lane)
    }
    const lane: Lane = { reachedUs: 0, source: null, heardMs: nowMs, waiting: [], standing: null }
    this.lanes.set(gateway, lane)
    return lane
  }

  private forget(gateway: string, lane: Lane): void {
    this.lanes.delete(gateway)
    this.superseded.push(...lane.waiting.map(({ beat }) => beat.ref))
    this.supersede(lane, null)
  }

  private supersede(lane: Lane, standing: NoteRef | null): void {
    if (lane.standing) this.superseded.push(lane.standing)
    lane.standing = standing
  }
}
