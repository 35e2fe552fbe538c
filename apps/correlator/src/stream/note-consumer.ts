import { setTimeout as sleep } from 'node:timers/promises'
import type { RawMessage } from '@hoptrace/bus'
import type { StreamLinker } from './stream-linker.ts'

/** What a batch's handler hears and says. */
export type BatchPart = {
  topic: string
  partition: number
  signal: AbortSignal
  /** Only what stands before this offset is committed: the rest is still worked on, and comes again after a restart. */
  commitBefore(offset: number): void
}

const ROOM_POLL_MS = 50

/** Takes notes in; commits what is linked of them. While there is no room, its caller waits, and Kafka keeps the rest. */
export class NoteConsumer {
  constructor(private readonly linker: StreamLinker) {}

  async onBatch(batch: readonly RawMessage[], { topic, partition, signal, commitBefore }: BatchPart): Promise<void> {
    while (this.linker.isFull) await sleep(ROOM_POLL_MS, undefined, { signal })
    // Of a partition that was shared out anew meanwhile, earlier notes come again: taken first, these would hide them.
    signal.throwIfAborted()
    this.linker.add(batch)
    commitBefore(this.linker.firstOpen(topic, partition))
  }
}
