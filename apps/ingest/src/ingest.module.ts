import { SpoolTail } from '@hoptrace/bus'
import type { Store } from '@hoptrace/store'
import { type DynamicModule, Module } from '@nestjs/common'
import { BATCH_CONSUMER, IngestConsumer, logNotice } from './ingest.consumer.ts'
import { Ingest } from './ingest.ts'

export type IngestModuleOptions = {
  /** Open and migrated. Whoever opened it closes it, after the application has shut down. */
  store: Store
  /** Directory of the gateway's spool. */
  spool: string
  /** Tenant under which dead letters are kept. */
  tenant: string
}

@Module({})
export class IngestModule {}

/** Wires the spool's tail to the ingest, and offers the Ingest to who publishes or follows in this process. */
export function ingestModule({ store, spool, tenant }: IngestModuleOptions): DynamicModule {
  return {
    module: IngestModule,
    providers: [
      { provide: Ingest, useFactory: () => new Ingest(store, { tenant, now: Date.now }) },
      {
        provide: BATCH_CONSUMER,
        useFactory: () => new SpoolTail({ directory: spool, name: 'ingest', inFlight: 2, onNotice: (notice) => logNotice(notice) }),
      },
      IngestConsumer,
    ],
    exports: [Ingest, BATCH_CONSUMER],
  }
}
