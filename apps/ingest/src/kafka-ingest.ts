import { ensureTopics, KafkaBatchStrategy, KafkaPublisher, type KafkaSettings, type OnKafkaNotice, topicSpecs } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { FrameworkLog, standardLog } from '@hoptrace/telemetry'
import type { INestMicroservice } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { deadLetterMessage } from './dead-letter-message.ts'
import { kafkaIngestModule } from './ingest.module.ts'
import { Ingest, type IngestOptions } from './ingest.ts'

export type KafkaIngestOptions = Omit<IngestOptions, 'deadLetterTopic'> & {
  /** Open and migrated. Whoever opened it closes it, after the process that ingests was closed. */
  store: Store
  settings: KafkaSettings
  groupId: string
  onNotice: OnKafkaNotice
}

/** Ingest as a microservice of its own, fed by the bus. */
export class KafkaIngest {
  private constructor(
    private readonly app: INestMicroservice,
    private readonly publisher: KafkaPublisher,
    readonly ingest: Ingest,
    /** Tells how it goes: `state` and `lag`. */
    readonly strategy: KafkaBatchStrategy,
  ) {}

  /**
   * Makes and checks the topics, then joins the group.
   * @throws when no broker lets this process in, or a topic is not as it must be
   */
  static async start({ store, settings, groupId, onNotice, ...options }: KafkaIngestOptions): Promise<KafkaIngest> {
    await ensureTopics(settings, topicSpecs(settings))
    const publisher = await KafkaPublisher.connect(settings, { onNotice })
    const deadLetterTopic: IngestOptions['deadLetterTopic'] = {
      send: (letters, nowMs) =>
        publisher.send(
          topics.deadLetters,
          letters.map((letter) => deadLetterMessage(letter, nowMs)),
        ),
    }
    const ingest = new Ingest(store, { ...options, deadLetterTopic })
    const strategy = new KafkaBatchStrategy({ settings, groupId, onNotice })
    const app = await NestFactory.createMicroservice(kafkaIngestModule(ingest), {
      strategy,
      logger: new FrameworkLog(standardLog('ingest')),
    })
    await app.listen()
    return new KafkaIngest(app, publisher, ingest, strategy)
  }

  /** Stores and commits what is being worked on, and leaves the group. */
  async close(): Promise<void> {
    await this.app.close()
    await this.publisher.close()
  }
}
