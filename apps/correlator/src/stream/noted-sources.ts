import type { SourceProgress } from '@hoptrace/events'

/**
 * How far each partition of the events was noted, as far as its notes were read. Every partition of the notes says it at its own
 * pace; what counts is the least.
 */
export class NotedSources {
  /** Partition of the notes → partition of the events → first offset of which the notes may still come. */
  private readonly told = new Map<string, Map<number, number>>()
  private readonly ends = new Map<number, SourceEnd>()
  /** The least of what was told, of those that somebody asked for since it changed. */
  private readonly least = new Map<number, number>()

  /**
   * @param partitions of the notes
   * @param lagMs a partition of the events that is further behind than this is not waited for
   */
  constructor(
    private readonly partitions: readonly string[],
    private readonly lagMs: number,
  ) {}

  /** @param partition of the notes @param nowMs when it came; only differences matter */
  observe(partition: string, sources: readonly SourceProgress[], nowMs: number): void {
    const told = this.told.get(partition) ?? new Map<number, number>()
    this.told.set(partition, told)
    this.least.clear()
    for (const { source, next, end } of sources) {
      told.set(source, Math.max(told.get(source) ?? 0, next))
      this.settle(source)
      const known = this.ends.get(source) ?? { asOfMs: nowMs, asked: null }
      // An earlier question that is still open stays: its answer is nearer.
      known.asked ??= { end, atMs: nowMs }
      this.ends.set(source, known)
    }
  }

  /** All notes of what stands before this offset of a partition of the events have been read. */
  passed(source: number): number {
    const least = this.least.get(source) ?? Math.min(...this.partitions.map((partition) => this.told.get(partition)?.get(source) ?? 0))
    this.least.set(source, least)
    return least
  }

  /**
   * The notes of everything that was published by then have been read: to that partition of the events, or to all of them. Time stands
   * still here while a partition lags.
   */
  currentToMs(source: number | null, nowMs: number): number {
    const sources = source === null ? [...this.ends.keys()] : [source]
    for (const each of sources) this.settle(each)
    const least = Math.min(nowMs, ...sources.map((each) => this.ends.get(each)?.asOfMs ?? Number.NEGATIVE_INFINITY))
    return sources.length === 0 ? nowMs - this.lagMs : Math.max(nowMs - this.lagMs, least)
  }

  private settle(source: number): void {
    const known = this.ends.get(source)
    if (!known?.asked || this.passed(source) < known.asked.end) return
    known.asOfMs = known.asked.atMs
    known.asked = null
  }
}

type SourceEnd = {
  /** Everything that was published by then has been read. */
  asOfMs: number
  /** Where the partition ended when that was told, until its notes are read up to there. */
  asked: { end: number; atMs: number } | null
}
