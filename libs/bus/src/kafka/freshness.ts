import type { Watermark } from './watermark-poll.ts'

// The first answer may be to a question from before the asking; the others are not.
const EMPTY_ANSWERS = 3

/**
 * Knows since when a reader's view of a topic is complete. The leaders say how far the topic reached when they were
 * asked; once everything before that was handed over, the view is complete as of the asking.
 *
 * The last offsets of a topic may belong to no record (the marker of a transaction, a deletion that was forgotten), and
 * then never come. An end counts as reached too when the broker answered several fetches after the asking with nothing.
 */
export class Freshness {
  private readonly positions = new Map<number, number>()
  private completeAsOfMs: number | null = null
  private probe: { watermarks: readonly Watermark[]; askedMs: number } | null = null
  private answersSinceProbe = 0
  private isAnswered = false

  constructor(private readonly onCaughtUp: () => void) {}

  /** The next offset of a partition that is to be read; null before its first record. */
  next(partition: number): number | null {
    return this.positions.get(partition) ?? null
  }

  handed(partition: number, offset: number): void {
    this.positions.set(partition, offset + 1)
    this.answersSinceProbe = 0
    this.isAnswered = false
    this.conclude()
  }

  /** The broker answered a fetch. */
  answered(): void {
    this.isAnswered = true
  }

  /** The next fetch begins: what the answer before held has been handed over. */
  fetching(): void {
    if (this.isAnswered) this.answersSinceProbe += 1
    this.isAnswered = false
    this.conclude()
  }

  /** The reader had to begin again: answers that it got before prove nothing. */
  joined(): void {
    this.answersSinceProbe = 0
    this.isAnswered = false
  }

  probed(watermarks: readonly Watermark[], askedMs: number): void {
    // An older question that is not answered yet stays: its answer is nearer.
    if (this.probe === null || this.isReached(watermarks)) {
      this.probe = { watermarks, askedMs }
      this.answersSinceProbe = 0
    }
    this.conclude()
  }

  /** @param nowMs of the clock of `askedMs` */
  ageMs(nowMs: number): number {
    return this.completeAsOfMs === null ? Number.POSITIVE_INFINITY : nowMs - this.completeAsOfMs
  }

  private conclude(): void {
    if (this.probe === null) return
    if (this.answersSinceProbe >= EMPTY_ANSWERS) for (const { partition, high } of this.probe.watermarks) this.passTo(partition, high)
    if (!this.isReached(this.probe.watermarks)) return
    const isFirst = this.completeAsOfMs === null
    this.completeAsOfMs = this.probe.askedMs
    this.probe = null
    if (isFirst) this.onCaughtUp()
  }

  private passTo(partition: number, offset: number): void {
    if ((this.positions.get(partition) ?? 0) < offset) this.positions.set(partition, offset)
  }

  private isReached(watermarks: readonly Watermark[]): boolean {
    return watermarks.every(({ partition, low, high }) => high <= low || (this.positions.get(partition) ?? low) >= high)
  }
}
