import { type BatchContext, BatchExceptionFilter, type RawMessage } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { Controller, Inject, UseFilters } from '@nestjs/common'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { NoteConsumer } from './note-consumer.ts'

/** The second stage: notes in, hops in the store. */
@Controller()
@UseFilters(BatchExceptionFilter)
export class LinkController {
  constructor(@Inject(NoteConsumer) private readonly consumer: NoteConsumer) {}

  @EventPattern<string>(topics.accesses)
  onAccesses(@Payload() batch: RawMessage[], @Ctx() context: BatchContext): Promise<void> {
    return this.take(batch, context)
  }

  @EventPattern<string>(topics.sightings)
  onSightings(@Payload() batch: RawMessage[], @Ctx() context: BatchContext): Promise<void> {
    return this.take(batch, context)
  }

  private take(batch: RawMessage[], context: BatchContext): Promise<void> {
    const { topic, partition, signal } = context
    return this.consumer.onBatch(batch, { topic, partition, signal, commitBefore: (offset) => context.commitBefore(offset) })
  }
}
