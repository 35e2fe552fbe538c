import type { PartitionPosition } from '@hoptrace/bus'
import { type ProgressNote, type SourceProgress, topics } from '@hoptrace/events'
import type { NoteMessage, RekeyOptions } from './rekey.ts'

export type ProgressReportOptions = RekeyOptions & {
  /** How far this process has committed the partitions of the events that it reads: as far, their notes are acknowledged. */
  positions: () => readonly PartitionPosition[]
}

/** While nothing changes, every so many reports are published all the same: whoever has just begun to read knows of none before. */
const REPEATED_EVERY = 10

/** Tells every partition of the notes how far the partitions of the events were noted that this process reads. */
export class ProgressReport {
  private last = ''
  private unchanged = 0

  constructor(private readonly options: ProgressReportOptions) {}

  /** Call it now and then. @throws what the bus throws */
  async publish(): Promise<void> {
    const { notes, partitions, positions, ends } = this.options
    const sources = progressOf(positions, await ends())
    const note: ProgressNote = { kind: 'progress', v: 1, sources }
    const value = JSON.stringify(note)
    this.unchanged = value === this.last ? this.unchanged + 1 : 0
    if (sources.length === 0 || this.unchanged % REPEATED_EVERY !== 0) return
    const everywhere = Array.from({ length: partitions }, (_, partition): NoteMessage => ({ key: null, value, partition }))
    await notes.send(topics.sightings, everywhere)
    await notes.send(topics.accesses, everywhere)
    this.last = value
  }
}

// Positions are looked up after the ends are known: what reached its end had come to it by then.
function progressOf(positions: () => readonly PartitionPosition[], ends: readonly number[]): SourceProgress[] {
  return positions().flatMap(({ partition, committed }) =>
    committed === null ? [] : [{ source: partition, next: committed, end: ends[partition] ?? 0 }],
  )
}
