/** How far a partition was consumed. */
export type PartitionPosition = {
  topic: string
  partition: number
  /** First offset that is not committed; null before the first commit of the group. */
  committed: number | null
  /** First offset that nobody has written yet, when it was last asked; null before. */
  highWatermark: number | null
  /** Messages behind; null while the end is not known. */
  lag: number | null
}

/** Where this consumer stands in the partitions that it reads. */
export class Positions {
  private readonly committed = new Map<string, number>()
  private readonly ends = new Map<string, { low: number; high: number }>()
  private assigned: { topic: string; partition: number }[] = []

  assign(partitions: Readonly<Record<string, readonly number[]>>): void {
    this.assigned = Object.entries(partitions).flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })))
    // Others may have committed meanwhile.
    this.committed.clear()
  }

  committedTo(topic: string, partition: number, offset: number): void {
    this.committed.set(key(topic, partition), offset)
  }

  /** What the group had committed; what was committed since counts more. */
  found(topic: string, partition: number, committed: number): void {
    if (committed >= 0 && !this.committed.has(key(topic, partition))) this.committedTo(topic, partition, committed)
  }

  /** @param mark bounds of a partition, as far as they are known */
  reached(mark: { topic: string; partition: number; low?: number; high: number }): void {
    const known = this.ends.get(key(mark.topic, mark.partition))
    const end = { low: mark.low ?? known?.low ?? 0, high: Math.max(mark.high, known?.high ?? 0) }
    this.ends.set(key(mark.topic, mark.partition), end)
  }

  all(): PartitionPosition[] {
    return this.assigned.map(({ topic, partition }) => {
      const committed = this.committed.get(key(topic, partition)) ?? null
      const end = this.ends.get(key(topic, partition))
      // Who never committed begins at the first message that is still there.
      const lag = end === undefined ? null : Math.max(0, end.high - (committed ?? end.low))
      return { topic, partition, committed, highWatermark: end?.high ?? null, lag }
    })
  }
}

function key(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
