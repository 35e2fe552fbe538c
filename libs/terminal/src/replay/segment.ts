import type { Recording } from '../recorded.ts'
import { type CutPause, IdleClock, idleLimitUs } from './idle-clock.ts'
import type { Keyframe } from './keyframe.ts'
import { type Step, type StepOptions, type StepState, Steps } from './steps.ts'

/** Seconds from the start of the recording, code, text: as asciinema-player reads it. */
export type PlayerEvent = [seconds: number, code: 'o' | 'i' | 'm' | 'r', text: string]

/** Where a segment begins, and all that is needed to make its events again from those with seqs in `[fromSeq, toSeq]`. */
export type SegmentStart = {
  /** From 0. */
  number: number
  /** Seconds on the player's clock, where pauses may be shortened. */
  start: number
  /** Microseconds since the session began. */
  startUs: number
  snapshot: Keyframe
  /** False when the player's emulator draws this keyframe differently, but the segment before was too long already. */
  isExact: boolean
  fromSeq: number
  state: StepState
}

export type Segment = SegmentStart & {
  toSeq: number
  /** Seconds on the player's clock at its last event. */
  end: number
  isLast: boolean
  events: PlayerEvent[]
  /** Pauses that were shortened since the segment before was finished. */
  pauses: CutPause[]
}

export type ReplayOptions = StepOptions & {
  /** Pauses longer than this many seconds are shortened to it. */
  idleSeconds?: number | undefined
}

/** Null for a step that the player need not know of. */
export function playerEvent(step: Step, seconds: number): PlayerEvent | null {
  if (step.code === 'none') return null
  return [seconds, step.code, step.code === 'r' ? `${step.cols}x${step.rows}` : step.text]
}

/** The last event has to stand at the end of the recording, and no segment may be empty. */
export function closed(events: PlayerEvent[], end: number, isLast: boolean): PlayerEvent[] {
  return (isLast && events.at(-1)?.[0] !== end) || events.length === 0 ? [...events, [end, 'o', '']] : events
}

/**
 * Makes a segment's events again, without playing what came before it.
 * @param recording the events with seqs from `fromSeq` to `toSeq`, and no others
 * @param options those that the segment was made with
 */
export async function segmentEvents(
  segment: Omit<Segment, 'events' | 'pauses'>,
  recording: Recording,
  options: ReplayOptions,
): Promise<PlayerEvent[]> {
  const { startUs, start, state, end, isLast, number } = segment
  const steps = new Steps(options, state)
  const clock = new IdleClock(idleLimitUs(options.idleSeconds), startUs, startUs - Math.round(start * 1e6))
  const events: PlayerEvent[] = []
  let hasOutput = number > 0
  for await (const event of recording) {
    const step = steps.next(event)
    const made = playerEvent(step, clock.at(step.atUs) / 1e6)
    hasOutput ||= step.code === 'o'
    if (made && (hasOutput || step.code !== 'r')) events.push(made)
  }
  return closed(events, end, isLast)
}
