import { ensureTopics, KafkaPublisher, type KafkaPublisherOptions, type KafkaSettings, topicSpecs } from '@hoptrace/bus'

/** A publisher, once the topics are as they must be. Rejects when no broker can be reached, or a topic is not. */
export async function connectTo(settings: KafkaSettings, options: KafkaPublisherOptions): Promise<KafkaPublisher> {
  await ensureTopics(settings, topicSpecs(settings))
  return KafkaPublisher.connect(settings, options)
}
