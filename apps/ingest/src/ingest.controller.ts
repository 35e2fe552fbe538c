import type { RawMessage } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { Controller, Inject } from '@nestjs/common'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { type BatchProgress, Ingest } from './ingest.ts'

/** Feeds the topics into the ingest. Offsets move when a handler resolved, and not before. */
@Controller()
export class IngestController {
  constructor(@Inject(Ingest) private readonly ingest: Ingest) {}

  @EventPattern<string>(topics.events)
  onEvents(@Payload() batch: RawMessage[], @Ctx() context: BatchProgress): Promise<void> {
    return this.ingest.onBatch(batch, context)
  }

  /** What publishers set aside stands in this topic alone until it is stored here. */
  @EventPattern<string>(topics.deadLetters)
  onDeadLetters(@Payload() batch: RawMessage[]): Promise<void> {
    return this.ingest.onSetAside(batch)
  }
}
