import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import type { ConsumerConfig, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { kafkaClient, MANY_RETRIES } from './client.ts'
import { ConsumerLoop, type ConsumerState } from './consumer-loop.ts'
import { Membership } from './membership.ts'
import type { OffsetRange, OnKafkaNotice } from './notices.ts'
import { type PartitionPosition, Positions } from './positions.ts'
import { ReceivedMessage } from './received-message.ts'
import type { KafkaSettings } from './settings.ts'
import { singleReaderAssigner } from './single-reader-assigner.ts'
import { SliceDelivery } from './slice-delivery.ts'
import { slicesOf } from './slices.ts'
import { WatermarkPoll } from './watermark-poll.ts'

export type KafkaBatchOptions = {
  settings: KafkaSettings
  groupId: string
  onNotice?: OnKafkaNotice
  /** Bounds of what a handler gets at once. Default 10 000 messages and 8 MiB. */
  sliceMessages?: number
  sliceBytes?: number
  /** Partitions handled at the same time. Default 3: one is read and understood while others are stored. */
  concurrency?: number
  /** Compressed bytes fetched at once, of one partition and of all: unpacked, they take ten times as much. Default 1 and 4 MiB. */
  partitionFetchBytes?: number
  fetchBytes?: number
  /** The broker waits for this many bytes, at most `lingerMs`: the store likes few, large inserts. Default 512 KiB and 100 ms. */
  lingerBytes?: number
  lingerMs?: number
  /** Silence after which the group gives this consumer's partitions to others. Default that of the settings, or 30 s. */
  sessionTimeoutMs?: number
  /** One member of the group reads everything, and the others stand by. */
  isSingleReader?: boolean
  /** How long the group waits for a handler to finish when partitions are shared out anew. Default 60 s. */
  rebalanceTimeoutMs?: number
  /** First pause after a failure; doubles up to 10 s. Default 200 ms. */
  retryMs?: number
  /** How long closing waits for handlers. Default 20 s. */
  drainMs?: number
  /** How often the lag is asked for. Default 5 s. */
  lagMs?: number
}

/** What a handler gets beside the messages. */
export type SliceContext = {
  topic: string
  partition: number
  signal: AbortSignal
  heartbeat: () => Promise<void>
  commitBefore: (offset: number) => void
}
export type SliceHandler = (slice: ReceivedMessage[], context: SliceContext) => Promise<void>

const MIB = 1024 * 1024
const LONGEST_RETRY_MS = 10_000
const SESSION_TIMEOUT_MS = 30_000

/** Consumes topics in slices, at least once and in order within a partition. A slice is committed after its handler resolved. */
export class KafkaBatchConsumer {
  private readonly positions = new Positions()
  private isStopping = false
  private readonly loop: ConsumerLoop
  private readonly poll: WatermarkPoll
  private membership: Membership

  constructor(
    private readonly options: KafkaBatchOptions,
    topics: readonly string[],
    private readonly handle: SliceHandler,
  ) {
    this.membership = this.join()
    const client = kafkaClient(options.settings, (notice) => this.notify(notice), MANY_RETRIES)
    this.loop = new ConsumerLoop({
      client,
      topics,
      consumer: consumerConfig(options),
      concurrency: options.concurrency ?? 3,
      eachBatch: (payload) => this.eachBatch(payload),
      onJoined: (partitions) => {
        this.membership.lose()
        this.membership = this.join()
        this.positions.assign(partitions)
      },
      onLeft: () => this.membership.lose(),
      onNotice: (notice) => this.notify(notice),
      stallMs: 3 * sessionTimeoutOf(options),
    })
    this.poll = new WatermarkPoll({
      settings: options.settings,
      topics,
      everyMs: options.lagMs ?? 5_000,
      onWatermarks: (marks) => {
        for (const mark of marks) this.positions.reached(mark)
      },
      group: { groupId: options.groupId, onCommitted: (topic, partition, offset) => this.positions.found(topic, partition, offset) },
    })
  }

  get state(): ConsumerState {
    return this.loop.state
  }

  /** How far each partition that this consumer reads was consumed. */
  get lag(): PartitionPosition[] {
    return this.positions.all()
  }

  async start(): Promise<void> {
    await this.loop.start()
    this.poll.start()
  }

  /** Lets handlers finish and commits what they stored, for at most `drainMs`; then their signal is aborted. */
  async stop(): Promise<void> {
    this.isStopping = true
    this.membership.finish()
    const impatience = setTimeout(() => this.membership.lose(), this.options.drainMs ?? 20_000)
    await Promise.all([this.loop.stop(), this.poll.stop()])
    clearTimeout(impatience)
    this.membership.lose()
  }

  private join(): Membership {
    const membership = new Membership((this.options.rebalanceTimeoutMs ?? 60_000) / 2)
    if (this.isStopping) membership.finish()
    return membership
  }

  private notify(notice: Parameters<OnKafkaNotice>[0]): void {
    this.options.onNotice?.(notice)
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { membership } = this
    const { topic, partition, messages, highWatermark } = payload.batch
    this.positions.reached({ topic, partition, high: Number(highWatermark) })
    const delivery = new SliceDelivery(payload, membership, {
      heartbeatMs: heartbeatMs(this.options),
      retryMs: this.options.retryMs ?? 200,
      longestRetryMs: LONGEST_RETRY_MS,
      onNotice: (notice) => this.notify(notice),
    })
    for (const slice of slicesOf(messages, this.bounds())) {
      if (membership.hurry.aborted || !payload.isRunning() || payload.isStale()) break
      if (!(await this.deliver(delivery, topic, partition, slice))) break
      await yieldToEventLoop()
    }
    // The client learns from this error that it has to join again, and does so at once.
    if (membership.ending && !this.isStopping) throw membership.ending.error
  }

  private async deliver(delivery: SliceDelivery, topic: string, partition: number, slice: readonly KafkaMessage[]): Promise<boolean> {
    const messages = slice.map((message) => new ReceivedMessage(topic, partition, message))
    const at: OffsetRange = { topic, partition, first: messages[0]?.at.offset ?? 0, last: messages.at(-1)?.at.offset ?? 0 }
    const committed = await delivery.deliver(at, (signal, heartbeat, commitBefore) =>
      this.handle(messages, { topic, partition, signal, heartbeat, commitBefore }),
    )
    if (committed !== null) this.positions.committedTo(topic, partition, committed)
    return committed !== null
  }

  private bounds(): { messages: number; bytes: number } {
    return { messages: this.options.sliceMessages ?? 10_000, bytes: this.options.sliceBytes ?? 8 * MIB }
  }
}

function heartbeatMs(options: KafkaBatchOptions): number {
  return Math.min(3_000, Math.ceil(sessionTimeoutOf(options) / 6))
}

function consumerConfig(options: KafkaBatchOptions): ConsumerConfig {
  return {
    groupId: options.groupId,
    sessionTimeout: sessionTimeoutOf(options),
    rebalanceTimeout: options.rebalanceTimeoutMs ?? 60_000,
    heartbeatInterval: heartbeatMs(options),
    maxBytesPerPartition: options.partitionFetchBytes ?? MIB,
    maxBytes: options.fetchBytes ?? 4 * MIB,
    minBytes: options.lingerBytes ?? MIB / 2,
    maxWaitTimeInMs: options.lingerMs ?? 100,
    ...(options.isSingleReader ? { partitionAssigners: [singleReaderAssigner] } : {}),
  }
}

function sessionTimeoutOf({ sessionTimeoutMs, settings }: KafkaBatchOptions): number {
  return sessionTimeoutMs ?? settings.sessionTimeoutMs ?? SESSION_TIMEOUT_MS
}
