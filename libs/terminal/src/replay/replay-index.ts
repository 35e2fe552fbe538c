import type { CutPause } from './idle-clock.ts'
import type { Size } from './screen.ts'
import type { Segment } from './segment.ts'

/** The index that asciinema-player 3.17 opens a segmented recording by. Times in seconds. */
export type ReplayIndex = {
  version: 1
  duration: number
  term: Size
  markers: [seconds: number, label: string][]
  segments: { start: number; url: string }[]
  /**
   * Where the session's clock (ms) and the player's (seconds) meet when pauses are shortened: both ends of every pause.
   * Between two of them both run evenly; before the first and after the last, at the same speed. Empty in real time.
   */
  clock: [ms: number, seconds: number][]
}

/** More pauses than this count as one: the reader's page holds them all. */
const MAX_PAUSES = 10_000

/** Gathers a recording's index while its segments pass by. */
export class ReplayIndexBuilder {
  private readonly markers: ReplayIndex['markers'] = []
  private readonly segments: ReplayIndex['segments'] = []
  private readonly clock: ReplayIndex['clock'] = []
  private term: Size = { cols: 80, rows: 24 }
  private duration = 0

  /** @param urlOf where the player will fetch a segment, by its number */
  constructor(private readonly urlOf: (number: number) => string) {}

  add(segment: Segment): void {
    if (segment.number === 0) this.term = { cols: segment.snapshot.cols, rows: segment.snapshot.rows }
    this.segments.push({ start: segment.start, url: this.urlOf(segment.number) })
    this.duration = segment.end
    for (const [seconds, code, text] of segment.events) if (code === 'm') this.markers.push([seconds, text])
    for (const pause of segment.pauses) this.meet(pause)
  }

  private meet({ fromUs, toUs, playerFromUs, playerToUs }: CutPause): void {
    if (this.clock.length >= 2 * MAX_PAUSES) this.clock.pop()
    else this.clock.push([fromUs / 1000, playerFromUs / 1e6])
    this.clock.push([toUs / 1000, playerToUs / 1e6])
  }

  index(): ReplayIndex {
    return { version: 1, duration: this.duration, term: this.term, markers: this.markers, segments: this.segments, clock: this.clock }
  }
}
