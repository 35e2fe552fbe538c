import type { BatchConsumer, TailNotice } from '@hoptrace/bus'
import { faultOf, type Log, standardLog } from '@hoptrace/telemetry'
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { Ingest } from './ingest.ts'

export const BATCH_CONSUMER = Symbol('BATCH_CONSUMER')

/** Feeds the bus into the ingest, from when the application is up until it goes down. */
@Injectable()
export class IngestConsumer implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(BATCH_CONSUMER) private readonly consumer: BatchConsumer,
    @Inject(Ingest) private readonly ingest: Ingest,
  ) {}

  onApplicationBootstrap(): void {
    this.consumer.start((batch) => this.ingest.onBatch(batch))
  }

  // The store closes behind this: no insert may run by then.
  async onApplicationShutdown(): Promise<void> {
    await this.consumer.stop()
  }
}

/** Tells the log what the tail has to say; codes and places, nothing recorded. */
export function logNotice(notice: TailNotice, log: Log = standardLog('ingest')): void {
  if (notice.kind === 'damage') {
    const { messages, at } = notice
    log.error('damaged records of the spool are kept as dead letters', { messages, segment: at.segment, offset: at.offset })
    return
  }
  const { error, attempt, afterMs } = notice
  log.warn('a batch is not stored, and is tried again', { attempt, afterMs, fault: faultOf(error) })
}
