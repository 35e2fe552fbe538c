import type { Size } from './screen.ts'
import type { Segment } from './segment.ts'

/** The index that asciinema-player 3.17 opens a segmented recording by. Times in seconds. */
export type ReplayIndex = {
  version: 1
  duration: number
  term: Size
  markers: [seconds: number, label: string][]
  segments: { start: number; url: string }[]
}

/** Gathers a recording's index while its segments pass by. */
export class ReplayIndexBuilder {
  private readonly markers: ReplayIndex['markers'] = []
  private readonly segments: ReplayIndex['segments'] = []
  private term: Size = { cols: 80, rows: 24 }
  private duration = 0

  /** @param urlOf where the player will fetch a segment, by its number */
  constructor(private readonly urlOf: (number: number) => string) {}

  add(segment: Segment): void {
    if (segment.number === 0) this.term = { cols: segment.snapshot.cols, rows: segment.snapshot.rows }
    this.segments.push({ start: segment.start, url: this.urlOf(segment.number) })
    this.duration = segment.end
    for (const [seconds, code, text] of segment.events) if (code === 'm') this.markers.push([seconds, text])
  }

  index(): ReplayIndex {
    return { version: 1, duration: this.duration, term: this.term, markers: this.markers, segments: this.segments }
  }
}
