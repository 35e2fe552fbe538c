import { Buffer } from 'node:buffer'
import { topics } from '@hoptrace/events'
import { CompressionTypes, type Message, type Producer } from 'kafkajs'
import type { EventPublisher } from '../publisher.ts'
import { carry } from './carried-records.ts'
import { FEW_RETRIES, kafkaClient, RETRY } from './client.ts'
import { cloudEventHeaders, EVENT_TYPE_PREFIX, eventHead } from './cloud-event.ts'
import { MessageTooLargeError, PublishError, typeOf } from './errors.ts'
import type { OnKafkaNotice } from './notices.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { type BatchBounds, inBatches, type OutgoingMessage, wireBytes } from './outgoing-message.ts'
import { keyedPartitioner, type RoutedMessage } from './partitioner.ts'
import type { KafkaSettings } from './settings.ts'
import { MAX_BATCH_BYTES, MAX_EVENT_MESSAGE_BYTES } from './topic-specs.ts'

export type KafkaPublisherOptions = {
  /** Default gzip: recorded events shrink about ninefold, and the broker keeps and sends on what it got. */
  compression?: 'none' | 'gzip'
  /** Bounds of one request to the brokers. Default 4 000 messages and MAX_BATCH_BYTES. */
  batch?: Partial<BatchBounds>
  /** How often a request is tried again before publishing fails. Default 4, which takes about 10 s when nobody answers. */
  retries?: number
  onNotice?: OnKafkaNotice
}

const BATCH: BatchBounds = { messages: 4_000, bytes: MAX_BATCH_BYTES }
const ALL_REPLICAS = -1
const HEARTBEAT = `${EVENT_TYPE_PREFIX}gateway.heartbeat`

/**
 * Publishes with acknowledgement from all replicas in sync, one request at a time: the first time that events of a
 * session appear on the bus, they appear in order, whatever had to be sent again. After a failure something may
 * appear twice, which consumers see by its identity. A heartbeat appears when everything before it is acknowledged.
 *
 * The client's idempotent mode is not used. It rolls its sequence numbers back after a request whose outcome is
 * unknown; when the next request is cut differently, the broker refuses it and everything after (OUT_OF_ORDER_SEQUENCE_NUMBER)
 * until the process is restarted. Duplicates are harmless here; a publisher that stands still is not.
 */
export class KafkaPublisher implements EventPublisher {
  private readonly line = new OneAtATime()
  private isInDoubt = false

  private constructor(
    private producer: Producer,
    private readonly build: () => Producer,
    private readonly options: KafkaPublisherOptions,
  ) {}

  /** @throws when no broker can be reached, or none lets this client in */
  static async connect(settings: KafkaSettings, options: KafkaPublisherOptions = {}): Promise<KafkaPublisher> {
    const retries = options.retries ?? FEW_RETRIES
    const client = kafkaClient(settings, options.onNotice ?? (() => undefined), retries)
    const build = () =>
      client.producer({
        createPartitioner: keyedPartitioner,
        allowAutoTopicCreation: false,
        idempotent: false,
        retry: { ...RETRY, retries },
      })
    const producer = build()
    await producer.connect()
    return new KafkaPublisher(producer, build, options)
  }

  /**
   * Publishes encoded events, keyed by session. Resolves once every one is acknowledged.
   * Call it again when the call before has settled: a call made meanwhile waits for it, and fails with it.
   * @param headers more headers for each of them, such as `traceparent`
   * @throws PublishError when it is not known whether all were published: then publish the same events again
   */
  publish(events: readonly Buffer[], headers: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.line.run(async () => {
      const messages = events.map((event) => this.messageOf(event, headers))
      const isOversized = (message: OutgoingMessage) => wireBytes(message) > MAX_EVENT_MESSAGE_BYTES
      for (const message of messages.filter(isOversized)) await this.setAside(message)
      await this.deliverAll(topics.events, messages.some(isOversized) ? messages.filter((message) => !isOversized(message)) : messages)
    })
  }

  /**
   * Publishes messages to any topic, in order. Resolves once every one is acknowledged.
   * @throws PublishError; its cause is a MessageTooLargeError, and then it is not retryable, when the topic does not take one of them
   */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    return this.line.run(() => this.deliverAll(topic, messages))
  }

  /** Waits for what was handed over before, then disconnects. */
  async close(): Promise<void> {
    await this.line.settled()
    await this.producer.disconnect()
  }

  private messageOf(value: Buffer, headers: Readonly<Record<string, string>>): OutgoingMessage {
    const head = eventHead(value)
    if (head !== null) return { key: head.sessionId, value, headers: { ...cloudEventHeaders(head), ...headers } }
    this.options.onNotice?.({ kind: 'unreadable', bytes: value.length })
    return { key: null, value, headers: { 'content-type': 'application/octet-stream', ...headers } }
  }

  private async deliverAll(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const batch of inBatches(messages, { ...BATCH, ...this.options.batch }, isHeartbeat)) await this.deliver(topic, batch)
  }

  private async deliver(topic: string, batch: readonly OutgoingMessage[]): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    try {
      await this.produce(topic, batch)
    } catch (error) {
      if (typeOf(error) !== 'MESSAGE_TOO_LARGE') {
        this.isInDoubt = true
        throw new PublishError(topic, batch.length, error)
      }
      await this.deliverSmaller(topic, batch, first)
    }
  }

  // The topic takes less than this version would have it take: halves, in order, down to the message itself.
  private async deliverSmaller(topic: string, batch: readonly OutgoingMessage[], first: OutgoingMessage): Promise<void> {
    if (batch.length > 1) {
      const half = batch.length >> 1
      await this.deliver(topic, batch.slice(0, half))
      return this.deliver(topic, batch.slice(half))
    }
    if (topic === topics.events) return this.setAside(first)
    throw new PublishError(topic, 1, new MessageTooLargeError(topic, wireBytes(first)))
  }

  /** An event that its topic does not take goes whole to the dead letters, and those behind it can go on. */
  private async setAside(message: OutgoingMessage): Promise<void> {
    const headers = { ...message.headers, hoptrace_reason: 'oversized', hoptrace_topic: topics.events }
    this.options.onNotice?.({ kind: 'oversized', topic: topics.events, bytes: wireBytes(message), limit: MAX_EVENT_MESSAGE_BYTES })
    await this.deliver(topics.deadLetters, [{ ...message, headers }])
  }

  // Messages carry the time of publishing, not that of the event: brokers delete by it, and a recorder's clock may be far off.
  private async produce(topic: string, batch: readonly OutgoingMessage[]): Promise<void> {
    const isPacked = this.options.compression !== 'none'
    const compression = isPacked ? CompressionTypes.GZIP : CompressionTypes.None
    const messages = batch.map(isPacked ? carriedMessage : plainMessage)
    if (this.isInDoubt) await this.reconnect()
    await this.producer.send({ topic, acks: ALL_REPLICAS, compression, messages })
  }

  // A connection to a broker that hung may stay open and answer nothing for ever: after a failure a new one is made.
  private async reconnect(): Promise<void> {
    this.producer.disconnect().catch(() => undefined)
    this.producer = this.build()
    await this.producer.connect()
    this.isInDoubt = false
  }
}

// A request reaches several brokers, and one part of it may be acknowledged long after the others. A heartbeat that can be read must
// prove that everything before it can be read as well: so it is not sent before that is acknowledged.
function isHeartbeat({ headers }: OutgoingMessage): boolean {
  return headers?.ce_type === HEARTBEAT
}

function plainMessage({ key, value, headers = {}, partition }: OutgoingMessage): Message {
  return { key, value, headers: { ...headers }, ...(partition === undefined ? {} : { partition }) }
}

function carriedMessage(message: OutgoingMessage): Message | RoutedMessage {
  const { key, value, headers = {}, partition } = message
  // What carries its key in its value is routed by that key.
  if (key === null || value === null || partition !== undefined) return plainMessage(message)
  const routingKey = Buffer.from(key)
  return { value: carry(routingKey, Buffer.isBuffer(value) ? value : Buffer.from(value), headers), routingKey }
}
