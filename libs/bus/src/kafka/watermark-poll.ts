import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { kafkaClient } from './client.ts'
import type { KafkaSettings } from './settings.ts'

/** Bounds of a partition: the first offset it still has, and the first that nobody has written yet. */
export type Watermark = { topic: string; partition: number; low: number; high: number }

export type WatermarkPollOptions = {
  settings: KafkaSettings
  topics: readonly string[]
  everyMs: number
  /** @param askedMs performance.now() before the brokers were asked: what they answered was true then or later */
  onWatermarks: (watermarks: readonly Watermark[], askedMs: number) => void
  /** Also asks what this group has committed. */
  group?: { groupId: string; onCommitted: (topic: string, partition: number, offset: number) => void }
}

/** Asks the leaders of partitions, again and again, how far these reach. Stays silent while they cannot be reached. */
export class WatermarkPoll {
  private readonly stopping = new AbortController()
  private running: Promise<void> | null = null

  constructor(private readonly options: WatermarkPollOptions) {}

  start(): void {
    this.running = this.run()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    while (!signal.aborted) {
      // Asking is tried again here: a client that does so too would be late to notice that the brokers are back.
      const admin = kafkaClient(this.options.settings, () => undefined, 1).admin()
      try {
        await admin.connect()
        while (!signal.aborted) {
          await this.ask(admin)
          await sleep(this.options.everyMs, undefined, { signal })
        }
      } catch {
        // Said by whoever consumes: here it only means that nothing is known for now.
      }
      await admin.disconnect().catch(() => undefined)
      await sleep(this.options.everyMs, undefined, { signal }).catch(() => undefined)
    }
  }

  private async ask(admin: Admin): Promise<void> {
    const { topics, group, onWatermarks } = this.options
    const askedMs = performance.now()
    const watermarks: Watermark[] = []
    for (const topic of topics) {
      const offsets = await admin.fetchTopicOffsets(topic)
      for (const { partition, low, high } of offsets) watermarks.push({ topic, partition, low: Number(low), high: Number(high) })
    }
    onWatermarks(watermarks, askedMs)
    if (!group) return
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId: group.groupId, topics: [...topics] })) {
      for (const { partition, offset } of partitions) group.onCommitted(topic, partition, Number(offset))
    }
  }
}
