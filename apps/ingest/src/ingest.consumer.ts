import type { BatchConsumer, TailNotice } from '@hoptrace/bus'
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
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
export function logNotice(notice: TailNotice, log = new Logger('Ingest')): void {
  if (notice.kind === 'damage') {
    log.error(
      `${notice.messages} damaged records in the spool from segment ${notice.at.segment}, offset ${notice.at.offset}: kept as dead letters`,
    )
    return
  }
  const { error, attempt, afterMs } = notice
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
  log.warn(`Batch not stored (${code}), attempt ${attempt}; trying again in ${afterMs} ms`)
}
