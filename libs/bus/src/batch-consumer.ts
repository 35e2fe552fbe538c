/** Where a message stood on the bus. */
export type Coordinates = {
  /** A spool's directory, a topic, or who published in process. */
  source: string
  /** A segment's number or a partition. */
  partition: string
  /** Byte offset in the segment, or offset in the partition. */
  offset: number
}

export type RawMessage = {
  value: Buffer
  at: Coordinates
  /** Set when the bus itself found the bytes damaged: they are kept as they are and never parsed. */
  damage?: 'crc'
  /** What it was keyed with on a topic; absent where there are no keys. */
  key?: string
  /** As text; a header that came several times counts the first time. Absent where there are no headers. */
  headers?: Readonly<Record<string, string>>
  /** When it was published, ms since the epoch, by the publisher's clock. */
  timestampMs?: number
}

/** @param signal aborted when the consumer wants to stop; the handler may then reject, and gets the batch again after the restart */
export type BatchHandler = (batch: RawMessage[], signal: AbortSignal) => Promise<void>

/**
 * Delivers messages in batches, at least once: a batch counts as consumed when its handler resolved.
 * A consumer may be told to hand over the next batch before that; after a failure both come again.
 */
export interface BatchConsumer {
  start(handler: BatchHandler): void
  /** Resolves when no handler runs any more and the position is saved. */
  stop(): Promise<void>
  /** First place that is not consumed yet. */
  position(): { partition: string; offset: number }
}
