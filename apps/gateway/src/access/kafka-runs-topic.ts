import { ensureTopics, followCompacted, type KafkaSettings, topicSpecs } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { connectTo } from '../relay/connect.ts'
import { LazyPublisher } from '../relay/lazy-publisher.ts'
import type { FollowedTopic, RunsTopic, RunsTopicMessage } from './runs-topic.ts'

/** The topic of runs, on Kafka. A connection of its own: a beat must not stand behind megabytes of events. */
export class KafkaRunsTopic implements RunsTopic {
  private readonly publisher: LazyPublisher

  constructor(private readonly settings: KafkaSettings) {
    this.publisher = new LazyPublisher(() => connectTo(settings, { compression: 'none' }))
  }

  async follow(onValue: (value: Buffer | null) => void, onCaughtUp: () => void): Promise<FollowedTopic> {
    await ensureTopics(this.settings, topicSpecs(this.settings))
    return followCompacted(this.settings, topics.runs, ({ value }) => onValue(value), onCaughtUp)
  }

  send(messages: readonly RunsTopicMessage[]): Promise<void> {
    return this.publisher.send(topics.runs, messages)
  }

  close(): Promise<void> {
    return this.publisher.close()
  }
}
