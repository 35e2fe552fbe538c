import { topics } from '@hoptrace/events'
import type { KafkaSettings } from './settings.ts'

/** How a topic must be. Configuration by Kafka's own names, in Kafka's own form. */
export type TopicSpec = {
  topic: string
  partitions: number
  replication: number
  config: Readonly<Record<TopicSetting, string>>
  /** More settings with which it is created. One that exists may have others. */
  initially?: Readonly<Record<string, string>>
}

export type TopicSetting = 'cleanup.policy' | 'compression.type' | 'retention.ms' | 'min.insync.replicas' | 'max.message.bytes'

const MIB = 1024 * 1024
/** Bytes of the messages in one request, before compression. All of them may belong to one partition, and so form one record batch. */
export const MAX_BATCH_BYTES = 2 * MIB
/** An event with its key and headers may take this much; it is at most 512 KiB itself. */
export const MAX_EVENT_MESSAGE_BYTES = 1 * MIB
/** `max.message.bytes` bounds a record batch: a full one that did not shrink, and some room for its frame. */
const MAX_RECORD_BATCH = MAX_BATCH_BYTES + MIB
/** Dead letters are whole, and the longest record of a spool is 16 MiB. */
const MAX_DEAD_LETTER_BATCH = 17 * MIB

const KEEP_FOREVER = '-1'
/**
 * Only what is not in the newest segment is compacted. Whoever starts reads what the topic holds, and its writer says
 * each second that it lives: a day of that is enough to keep callers waiting.
 */
const SOON_COMPACTED = { 'segment.ms': String(10 * 60_000), 'min.cleanable.dirty.ratio': '0.1' }
const DEAD_LETTERS_KEPT_TIMES = 4

/** Every topic of the bus, as this version needs it. */
export function topicSpecs(settings: KafkaSettings): TopicSpec[] {
  return Object.values(topics).map((topic) => specOf(topic, settings))
}

function specOf(topic: string, settings: KafkaSettings): TopicSpec {
  const { topicReplication: replication, topicPartitions: partitions, topicRetentionMs } = settings
  const config = {
    'cleanup.policy': 'delete',
    // Whatever others pack with, the broker packs anew: consumers can unpack no other form, and would stand still before it.
    'compression.type': 'gzip',
    'retention.ms': String(topicRetentionMs),
    // With three copies one may be away, and what is acknowledged is in two places all the same.
    'min.insync.replicas': String(Math.max(1, replication - 1)),
    'max.message.bytes': String(MAX_RECORD_BATCH),
  }
  if (topic === topics.runs) {
    // One partition: readers of the runs need them in the one order in which they were written.
    const kept = { ...config, 'cleanup.policy': 'compact', 'retention.ms': KEEP_FOREVER }
    return { topic, partitions: 1, replication, config: kept, initially: SOON_COMPACTED }
  }
  if (topic === topics.deadLetters) {
    const retention = String(topicRetentionMs * DEAD_LETTERS_KEPT_TIMES)
    return {
      topic,
      partitions,
      replication,
      config: { ...config, 'retention.ms': retention, 'max.message.bytes': String(MAX_DEAD_LETTER_BATCH) },
    }
  }
  return { topic, partitions, replication, config }
}
