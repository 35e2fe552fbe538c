import { type BatchContext, BatchExceptionFilter, type RawMessage } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { Controller, Inject, UseFilters } from '@nestjs/common'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { Rekey } from './rekey.ts'

/** The first stage: events in, notes out. */
@Controller()
@UseFilters(BatchExceptionFilter)
export class RekeyController {
  constructor(@Inject(Rekey) private readonly rekey: Rekey) {}

  @EventPattern<string>(topics.events)
  onEvents(@Payload() batch: RawMessage[], @Ctx() { signal }: Pick<BatchContext, 'signal'>): Promise<void> {
    return this.rekey.onBatch(batch, signal)
  }
}
