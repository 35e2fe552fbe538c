import type { Recording } from '../recorded.ts'
import { type CutPause, IdleClock, idleLimitUs } from './idle-clock.ts'
import type { PlayerEmulator } from './player-terminal.ts'
import { closed, type PlayerEvent, playerEvent, type ReplayOptions, type Segment, type SegmentStart } from './segment.ts'
import { Stage } from './stage.ts'
import { type Step, type StepState, Steps } from './steps.ts'

export type SegmentPolicy = {
  /** A segment may end when it holds this much text (UTF-16 units), or less and has lasted. */
  fullUnits: number
  lastingUnits: number
  lastingUs: number
  /** Or this many events, whatever they hold. */
  fullEvents: number
  /** How many times as much it may hold while no exact keyframe can be made. */
  patience: number
}

export const segmentPolicy: SegmentPolicy = {
  fullUnits: 256 * 1024,
  lastingUnits: 64 * 1024,
  lastingUs: 10_000_000,
  fullEvents: 4096,
  patience: 8,
}

export type SegmentOptions = ReplayOptions & {
  /** Checks every keyframe against the player's own emulator, and does without those that differ. */
  player?: PlayerEmulator | null
  policy?: SegmentPolicy
}

/**
 * Cuts a recording into segments for asciinema-player 3.17 (`format: 'segmented'`): each begins with a keyframe, so that
 * opening and seeking cost the same however long the session is. Memory: one segment.
 * What the player asks of them (`loadSegmentedRecording` in its core): the first starts at 0; each later one at its first
 * event, after every event of the one before it and before the end; the last event stands at the end. At least one segment.
 */
export async function* segmentsOf(recording: Recording, options: SegmentOptions = {}): AsyncGenerator<Segment> {
  const segmenter = new Segmenter(options)
  try {
    const steps = new Steps(options)
    for await (const event of recording) {
      const before = { state: steps.state, isWhole: steps.isWhole }
      const finished = await segmenter.next(steps.next(event), before)
      if (finished) yield finished
    }
    yield segmenter.last()
  } finally {
    segmenter.dispose()
  }
}

class OpenSegment {
  readonly events: PlayerEvent[] = []
  units = 0
  end: number
  toSeq: number

  constructor(readonly start: SegmentStart) {
    this.end = start.start
    this.toSeq = start.fromSeq
  }

  add(step: Step, seconds: number, event: PlayerEvent | null): void {
    this.toSeq = step.seq
    this.end = seconds
    if (event === null) return
    this.events.push(event)
    this.units += event[2].length
  }

  take(other: OpenSegment): void {
    for (const event of other.events) this.events.push(event)
    this.toSeq = other.toSeq
    this.end = other.end
  }

  finished(isLast: boolean, pauses: CutPause[]): Segment {
    const { end, toSeq } = this
    return { ...this.start, toSeq, end, isLast, events: closed(this.events, end, isLast), pauses }
  }
}

class Segmenter {
  private readonly policy: SegmentPolicy
  private readonly clock: IdleClock
  private readonly stage: Stage
  private open: OpenSegment | null = null
  /** Has begun, but counts only once a later moment was seen: no segment may begin at the end. */
  private candidate: OpenSegment | null = null
  private pauses: CutPause[] = []
  private atUs = 0
  private retryAtUnits = 0
  private retryAtEvents = 0

  constructor(options: SegmentOptions) {
    this.policy = options.policy ?? segmentPolicy
    this.clock = new IdleClock(idleLimitUs(options.idleSeconds), 0, 0, (pause) => this.pauses.push(pause))
    this.stage = new Stage(options.player ?? null)
  }

  /** @returns the segment that this step proves to be finished */
  async next(step: Step, before: { state: StepState; isWhole: boolean }): Promise<Segment | null> {
    const isLater = step.atUs > this.atUs
    const seconds = this.clock.at(step.atUs) / 1e6
    this.open ??= new OpenSegment(this.firstStart(step, before.state))
    const finished = isLater ? this.confirmed() : null
    const mayBegin = isLater && step.code !== 'none' && before.isWhole && this.stage.isGround
    if (mayBegin && this.isFull(this.open, step)) this.begin(this.open, step, seconds, before.state)
    this.atUs = step.atUs
    const isShown = await this.stage.play(step)
    const into = this.candidate ?? this.open
    into.add(step, seconds, isShown ? playerEvent(step, seconds) : null)
    return finished
  }

  last(): Segment {
    const open = this.open ?? new OpenSegment(this.firstStart({ seq: 0, atUs: 0, code: 'none' }, new Steps().state))
    if (this.candidate) open.take(this.candidate)
    return this.withFirstSize(open.finished(true, this.takePauses()))
  }

  dispose(): void {
    this.stage.dispose()
  }

  private firstStart(step: Step, state: StepState): SegmentStart {
    return { number: 0, start: 0, startUs: 0, snapshot: { cols: 0, rows: 0, init: '' }, isExact: true, fromSeq: step.seq, state }
  }

  private confirmed(): Segment | null {
    if (this.candidate === null || this.open === null) return null
    const finished = this.open.finished(false, this.takePauses())
    this.open = this.candidate
    this.candidate = null
    return this.withFirstSize(finished)
  }

  private takePauses(): CutPause[] {
    const taken = this.pauses
    this.pauses = []
    return taken
  }

  /** The first segment has no keyframe but a size, which may be told after it began. */
  private withFirstSize(segment: Segment): Segment {
    return segment.number === 0 ? { ...segment, snapshot: { ...this.stage.firstSize, init: '' } } : segment
  }

  private isFull({ units, events, start }: OpenSegment, step: Step): boolean {
    const { fullUnits, fullEvents, lastingUnits, lastingUs } = this.policy
    if (units < this.retryAtUnits && events.length < this.retryAtEvents) return false
    return units >= fullUnits || events.length >= fullEvents || (units >= lastingUnits && step.atUs - start.startUs >= lastingUs)
  }

  private begin(open: OpenSegment, step: Step, seconds: number, state: StepState): void {
    const { fullUnits, fullEvents, patience } = this.policy
    const { keyframe: snapshot, isExact } = this.stage.keyframe()
    if (!isExact && open.units < fullUnits * patience && open.events.length < fullEvents * patience) {
      // Not at every event from here on: a keyframe costs a look at the whole screen.
      this.retryAtUnits = open.units + fullUnits / 4
      this.retryAtEvents = open.events.length + fullEvents / 4
      return
    }
    this.retryAtUnits = 0
    this.retryAtEvents = 0
    const start = { number: open.start.number + 1, start: seconds, startUs: step.atUs, fromSeq: step.seq }
    this.candidate = new OpenSegment({ ...start, snapshot, isExact, state })
  }
}
