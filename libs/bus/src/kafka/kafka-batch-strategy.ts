import { type CustomTransportStrategy, Server } from '@nestjs/microservices'
import { isObservable, lastValueFrom } from 'rxjs'
import { BatchContext } from './batch-context.ts'
import type { ConsumerState } from './consumer-loop.ts'
import { KafkaBatchConsumer, type KafkaBatchOptions, type SliceContext } from './kafka-batch-consumer.ts'
import type { PartitionPosition } from './positions.ts'
import type { ReceivedMessage } from './received-message.ts'

/** Identifies this transport: `@EventPattern(topic, KAFKA_BATCH)` where an app has several. */
export const KAFKA_BATCH = Symbol('kafka-batch')

/**
 * A transport for `@nestjs/microservices` that hands over Kafka messages in batches. A handler is a method
 * `@EventPattern(topic) onBatch(@Payload() batch: RawMessage[], @Ctx() context: BatchContext)`; when its promise
 * resolves, everything in the batch is stored, and its offsets are committed. When it rejects, the same batch comes
 * again after a pause, before anything behind it in its partition.
 */
export class KafkaBatchStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BATCH
  // The base class logs failures of event handlers and goes on: here they decide what is committed.
  override readonly propagatesEventHandlerErrors = true
  private consumer: KafkaBatchConsumer | null = null

  constructor(private readonly options: KafkaBatchOptions) {
    super()
  }

  get state(): ConsumerState {
    return this.consumer?.state ?? 'starting'
  }

  /** How far each partition that this process reads was consumed. */
  get lag(): PartitionPosition[] {
    return this.consumer?.lag ?? []
  }

  /** Calls back once this process is a member of its group, or keeps trying to be; with an error when trying again cannot help. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const topics = [...this.messageHandlers.keys()]
    this.consumer = new KafkaBatchConsumer(this.options, topics, (slice, context) => this.dispatch(slice, context))
    try {
      await this.consumer.start()
    } catch (error) {
      callback(error)
      return
    }
    callback()
  }

  async close(): Promise<void> {
    await this.consumer?.stop()
  }

  override on(): never {
    throw new Error('This transport has no events: it takes onNotice')
  }

  override unwrap<T>(): T {
    throw new Error('This transport does not hand out its client')
  }

  private async dispatch(slice: ReceivedMessage[], context: SliceContext): Promise<void> {
    const handler = this.getHandlerByPattern(context.topic)
    if (!handler) throw new Error(`No handler for ${context.topic}`)
    const rpcContext = new BatchContext(context)
    await this.runWithProcessingHooks(rpcContext, async (runEndHook) => {
      const result: unknown = await handler(slice, rpcContext)
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined })
      runEndHook()
    })
  }
}
