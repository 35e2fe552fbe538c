import { BaseRpcContext } from '@nestjs/microservices'
import type { SliceContext } from './kafka-batch-consumer.ts'

/** What a handler of batches gets with `@Ctx()`. */
export class BatchContext extends BaseRpcContext<[SliceContext]> {
  constructor(context: SliceContext) {
    super([context])
  }

  get topic(): string {
    return this.args[0].topic
  }

  get partition(): number {
    return this.args[0].partition
  }

  /** Aborted when the partition went to another consumer or closing will not wait longer: the handler may then reject, nothing of the batch is committed. */
  get signal(): AbortSignal {
    return this.args[0].signal
  }

  /**
   * Only what stands before this offset is committed when the handler resolves: what is held from there on comes again after a
   * restart, and not before. Of a partition whose next batch never comes, what was committed so stays.
   */
  commitBefore(offset: number): void {
    this.args[0].commitBefore(offset)
  }

  /** Heartbeats go out by themselves; a handler that keeps the event loop busy for seconds sends its own. */
  heartbeat(): Promise<void> {
    return this.args[0].heartbeat()
  }
}
