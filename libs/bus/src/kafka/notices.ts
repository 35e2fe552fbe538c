/** Offsets `first` to `last` of a partition, both included. */
export type OffsetRange = { topic: string; partition: number; first: number; last: number }

/** What an operator should hear about. Never holds a payload. */
export type KafkaNotice =
  /** The handler rejected: the same slice comes again after `afterMs`, and nothing behind it before that. */
  | { kind: 'retry'; at: OffsetRange; attempt: number; afterMs: number; error: unknown }
  /** The slice was not committed: the partition went to another consumer, or this one stops. It is delivered again. */
  | { kind: 'abandoned'; at: OffsetRange; reason: 'revoked' | 'stopping' }
  /** Partitions by topic that this consumer now reads. */
  | { kind: 'assigned'; partitions: Record<string, readonly number[]> }
  | { kind: 'rebalancing' }
  /** The broker had deleted what was to be read next: it goes on with the oldest that is left. Gaps in sessions show what is missing. */
  | { kind: 'missed'; topic: string; partition: number }
  /** The consumer crashed or stalled, and is built anew after `afterMs`. A batch that the client cannot read does this again and again. */
  | { kind: 'crash'; attempt: number; afterMs: number; error: unknown }
  /** The event is larger than its topic takes, and went whole to the topic of dead letters. */
  | { kind: 'oversized'; topic: string; bytes: number; limit: number }
  /** Bytes that are no event were published without a key: who consumes them will refuse them. */
  | { kind: 'unreadable'; bytes: number }
  /** A warning of the client library's own. */
  | { kind: 'client'; level: 'warn' | 'error'; message: string }

export type OnKafkaNotice = (notice: KafkaNotice) => void
