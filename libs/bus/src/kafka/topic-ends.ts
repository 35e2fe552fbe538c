import type { Admin } from 'kafkajs'
import { kafkaClient } from './client.ts'
import type { KafkaSettings } from './settings.ts'

/** Asks the leaders of partitions where these end, on one connection that is made anew after a failure. */
export class TopicEnds {
  private admin: Promise<Admin> | null = null

  constructor(private readonly settings: KafkaSettings) {}

  /**
   * First offset that nobody has written yet, by partition; 0 where a partition holds nothing. What was acknowledged before this
   * was called stands before them.
   * @throws what the client throws when a leader does not answer
   */
  async of(topic: string): Promise<number[]> {
    const connecting = this.admin ?? this.connect()
    this.admin = connecting
    try {
      const offsets = await (await connecting).fetchTopicOffsets(topic)
      const ends = Array.from({ length: offsets.length }, () => 0)
      for (const { partition, low, high } of offsets) ends[partition] = Number(high) > Number(low) ? Number(high) : 0
      return ends
    } catch (error) {
      if (this.admin === connecting) this.admin = null
      void disconnect(connecting)
      throw error
    }
  }

  async close(): Promise<void> {
    const { admin } = this
    this.admin = null
    if (admin) await disconnect(admin)
  }

  private async connect(): Promise<Admin> {
    const admin = kafkaClient(this.settings, () => undefined).admin()
    await admin.connect()
    return admin
  }
}

async function disconnect(admin: Promise<Admin>): Promise<void> {
  await admin.then((connected) => connected.disconnect()).catch(() => undefined)
}
