import { randomUUID } from 'node:crypto'
import { type CompactedRecord, ensureTopics, followCompacted, type KafkaSettings, topicSpecs } from '@hoptrace/bus'
import type { KafkaBroker } from '@hoptrace/testing'
import { vi } from 'vitest'

export function settingsOf({ brokers }: KafkaBroker): KafkaSettings {
  return { clientId: `test-${randomUUID()}`, brokers, topicPartitions: 3, topicReplication: 1, topicRetentionMs: 3_600_000 }
}

export async function makeTopics(broker: KafkaBroker): Promise<void> {
  const settings = settingsOf(broker)
  await ensureTopics(settings, topicSpecs(settings))
}

/** Everything that stands in a topic now, in the order of each partition. */
export async function readTopic(broker: KafkaBroker, topic: string): Promise<CompactedRecord[]> {
  const records: CompactedRecord[] = []
  let caughtUp: () => void = () => {}
  const isCaughtUp = new Promise<void>((resolve) => {
    caughtUp = resolve
  })
  const following = await followCompacted(settingsOf(broker), topic, (record) => void records.push(record), caughtUp, { probeMs: 50 })
  await isCaughtUp
  await following.close()
  return records
}

/** Waits for what comes about in a minute, and leaves the processor to whoever brings it about. */
export function until(isTrue: () => boolean): Promise<true> {
  return vi.waitUntil(isTrue, { timeout: 60_000, interval: 5 })
}
