import type { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { EachBatchPayload } from 'kafkajs'
import { kafkaClient, MANY_RETRIES } from './client.ts'
import { ConsumerLoop } from './consumer-loop.ts'
import { Freshness } from './freshness.ts'
import type { OnKafkaNotice } from './notices.ts'
import { ReceivedMessage } from './received-message.ts'
import type { KafkaSettings } from './settings.ts'
import { WatermarkPoll } from './watermark-poll.ts'

/** The latest state of a key, or that it has none any more. */
export type CompactedRecord = { key: string; value: Buffer | null; partition: number; offset: number; timestampMs: number }

export type FollowOptions = {
  onNotice?: OnKafkaNotice
  /** How often the end of the topic is asked for: about how exact `ageMs` is. Default 500 ms. */
  probeMs?: number
}

export type Following = {
  /**
   * How long ago everything that the topic held is known to have been handed over, ms; Infinity before the first time.
   * It grows while the brokers cannot be reached. Monotonic: a clock that is set does not change it.
   */
  ageMs(): number
  close(): Promise<void>
}

/**
 * Reads a compacted topic from its beginning and goes on following it. Records come in the order of their partition;
 * after trouble some may come again, never an older one after a newer of the same key was handed over for good.
 * @param onRecord when it throws, the record comes again
 * @param onCaughtUp called once, when everything that the topic held has been handed over
 */
export async function followCompacted(
  settings: KafkaSettings,
  topic: string,
  onRecord: (record: CompactedRecord) => void | Promise<void>,
  onCaughtUp: () => void,
  options: FollowOptions = {},
): Promise<Following> {
  const onNotice = options.onNotice ?? (() => undefined)
  const client = kafkaClient(settings, onNotice, MANY_RETRIES)
  const freshness = new Freshness(onCaughtUp)
  const loop = new ConsumerLoop({
    client,
    topics: [topic],
    // A group of its own, so that it gets every partition; nothing is ever committed, and the group vanishes with it.
    consumer: {
      groupId: `${settings.clientId}-follows-${randomUUID()}`,
      maxWaitTimeInMs: 250,
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
    },
    concurrency: 1,
    eachBatch: (payload) => handOver(payload, onRecord, freshness),
    onJoined: (partitions, consumer) => {
      freshness.joined()
      for (const partition of partitions[topic] ?? []) {
        const next = freshness.next(partition)
        if (next !== null) consumer.seek({ topic, partition, offset: String(next) })
      }
    },
    onAnswer: () => freshness.answered(),
    onFetch: () => freshness.fetching(),
    onLeft: () => undefined,
    onNotice,
    stallMs: 30_000,
  })
  const poll = new WatermarkPoll({
    settings,
    topics: [topic],
    everyMs: options.probeMs ?? 500,
    onWatermarks: (watermarks, askedMs) => freshness.probed(watermarks, askedMs),
  })
  await loop.start()
  poll.start()
  return {
    ageMs: () => freshness.ageMs(performance.now()),
    close: async () => {
      await Promise.all([loop.stop(), poll.stop()])
    },
  }
}

async function handOver(
  { batch, resolveOffset, heartbeat, isRunning }: EachBatchPayload,
  onRecord: (record: CompactedRecord) => void | Promise<void>,
  freshness: Freshness,
): Promise<void> {
  const { topic, partition } = batch
  for (const message of batch.messages) {
    if (!isRunning()) return
    const received = new ReceivedMessage(topic, partition, message)
    const { key, at, timestampMs } = received
    await onRecord({ key, value: received.isTombstone ? null : received.value, partition, offset: at.offset, timestampMs })
    resolveOffset(message.offset)
    freshness.handed(partition, at.offset)
    await heartbeat()
  }
}
