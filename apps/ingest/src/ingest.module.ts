import { BatchExceptionFilter, SpoolTail } from '@hoptrace/bus'
import type { Store } from '@hoptrace/store'
import { type DynamicModule, Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { BATCH_CONSUMER, IngestConsumer, logNotice } from './ingest.consumer.ts'
import { IngestController } from './ingest.controller.ts'
import { Ingest, type IngestOptions } from './ingest.ts'

export type IngestModuleOptions = Omit<IngestOptions, 'deadLetterTopic' | 'now'> & {
  /** Open and migrated. Whoever opened it closes it, after the application has shut down. */
  store: Store
  /** Directory of the gateway's spool. */
  spool: string
}

@Module({})
export class IngestModule {}

/** Feeds the topics into an ingest. */
export function kafkaIngestModule(ingest: Ingest): DynamicModule {
  return {
    module: IngestModule,
    controllers: [IngestController],
    // What a handler throws reaches the transport as it is, which decides on it and tells of it.
    providers: [
      { provide: Ingest, useValue: ingest },
      { provide: APP_FILTER, useClass: BatchExceptionFilter },
    ],
  }
}

/** Wires the spool's tail to the ingest, and offers the Ingest to who publishes or follows in this process. */
export function ingestModule({ store, spool, ...options }: IngestModuleOptions): DynamicModule {
  return {
    module: IngestModule,
    providers: [
      { provide: Ingest, useFactory: () => new Ingest(store, { ...options, now: Date.now }) },
      {
        provide: BATCH_CONSUMER,
        useFactory: () => new SpoolTail({ directory: spool, name: 'ingest', inFlight: 2, onNotice: (notice) => logNotice(notice) }),
      },
      IngestConsumer,
    ],
    exports: [Ingest, BATCH_CONSUMER],
  }
}
