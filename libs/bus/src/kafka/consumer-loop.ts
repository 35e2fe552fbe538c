import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs'
import { MANY_RETRIES, RETRY } from './client.ts'
import { ConsumerStalledError } from './errors.ts'
import type { OnKafkaNotice } from './notices.ts'

export type ConsumerLoopOptions = {
  client: Kafka
  consumer: ConsumerConfig
  topics: readonly string[]
  /** Partitions handled at the same time. */
  concurrency: number
  eachBatch: (payload: EachBatchPayload) => Promise<void>
  /** The consumer joined its group, and now reads these partitions. */
  onJoined: (partitions: Record<string, readonly number[]>, consumer: Consumer) => void
  /** The consumer is about to join again, or is gone: what it still handles is not its own any more. */
  onLeft: () => void
  /** A broker answered a fetch; the next one begins, once what the answer held was handled. */
  onAnswer?: () => void
  onFetch?: () => void
  onNotice: OnKafkaNotice
  /** Silence after which the consumer is taken for stuck. */
  stallMs: number
}

export type ConsumerState = 'starting' | 'running' | 'rebalancing' | 'restarting' | 'stopped'

const FIRST_RESTART_MS = 200
const LONGEST_RESTART_MS = 10_000
/** Neither a broker that is away nor a client that is stuck is waited for. */
const PATIENCE_MS = 5_000

/**
 * Keeps one consumer of the client library alive: after a crash of any kind, or when it went silent, it is built anew.
 * The library restarts only after errors that it takes for transient, and now and then not even then.
 */
export class ConsumerLoop {
  state: ConsumerState = 'starting'
  private readonly stopping = new AbortController()
  private readonly stopRequested: Promise<void>
  private running: Promise<void> | null = null
  private readonly handling = new Set<Promise<void>>()
  private attempt = 0
  private lastSignMs = 0

  constructor(private readonly options: ConsumerLoopOptions) {
    this.stopRequested = new Promise((resolve) => this.stopping.signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  /** Resolves once the consumer has joined its group, or has been trying to for a while; rejects when the first try failed for good, as a refused login does. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const trying = setTimeout(resolve, PATIENCE_MS)
      this.running = this.run(resolve, reject).finally(() => clearTimeout(trying))
    })
  }

  /** Resolves when nothing is handled any more, and the group knows that this member left. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
    this.state = 'stopped'
  }

  private async run(started: () => void, failed: (error: unknown) => void): Promise<void> {
    for (let isFirst = true; !this.stopping.signal.aborted; isFirst = false) {
      const error = await this.live(started)
      if (this.stopping.signal.aborted) break
      if (isFirst && isFinal(error)) return failed(error)
      started()
      await this.pause(error)
    }
    started()
  }

  // One life of a consumer. Resolves with what ended it.
  private async live(started: () => void): Promise<unknown> {
    const consumer = this.build()
    consumer.on(consumer.events.GROUP_JOIN, started)
    const life = new AbortController()
    const crashed = new Promise<unknown>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error))
    })
    const beginning = this.begin(consumer, life.signal)
    const begun = beginning.then(
      () => crashed,
      (error: unknown) => error,
    )
    const ended = await Promise.race([begun, this.silence(life.signal), this.stopRequested])
    life.abort()
    // Told to stop while it joins its group, the library forgets the consumer and lets it go on: a member that keeps
    // its partitions and hands over nothing. So it is told once it has joined, however late that is.
    const gone = beginning
      .catch(() => undefined)
      .then(() => consumer.disconnect())
      .catch(() => undefined)
    // When stopping, handlers may finish. Otherwise what they do is not theirs any more.
    if (!this.stopping.signal.aborted) this.options.onLeft()
    if (this.stopping.signal.aborted) await Promise.allSettled(this.handling)
    await Promise.race([gone, sleep(PATIENCE_MS, undefined, { ref: false })])
    this.options.onLeft()
    return ended
  }

  // Resolves when the consumer has joined its group, or its life is over before that.
  private async begin(consumer: Consumer, life: AbortSignal): Promise<void> {
    const { topics, concurrency } = this.options
    const eachBatch = (payload: EachBatchPayload) => this.handled(payload)
    await consumer.connect()
    if (life.aborted) return
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    if (life.aborted) return
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: concurrency, eachBatch })
  }

  private handled(payload: EachBatchPayload): Promise<void> {
    const done = this.options.eachBatch(payload).finally(() => this.handling.delete(done))
    this.handling.add(done)
    return done
  }

  private build(): Consumer {
    const { client, consumer: config, onJoined, onLeft, onNotice } = this.options
    // Restarting is this class's business alone.
    const consumer = client.consumer({
      ...config,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, retries: MANY_RETRIES, restartOnFailure: async () => false },
    })
    const { events } = consumer
    const sign = () => {
      this.lastSignMs = performance.now()
    }
    sign()
    for (const event of [events.HEARTBEAT, events.FETCH_START, events.FETCH, events.END_BATCH_PROCESS]) consumer.on(event, sign)
    consumer.on(events.REQUEST, ({ payload }) => {
      if (payload.apiName === 'Fetch') this.options.onAnswer?.()
    })
    consumer.on(events.FETCH_START, () => this.options.onFetch?.())
    consumer.on(events.REBALANCING, () => {
      this.state = 'rebalancing'
      onLeft()
      onNotice({ kind: 'rebalancing' })
    })
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      sign()
      this.state = 'running'
      this.attempt = 0
      onJoined(payload.memberAssignment, consumer)
      onNotice({ kind: 'assigned', partitions: payload.memberAssignment })
    })
    return consumer
  }

  private async silence(ended: AbortSignal): Promise<unknown> {
    for (;;) {
      await sleep(this.options.stallMs / 4, undefined, { signal: ended }).catch(() => undefined)
      const silentMs = performance.now() - this.lastSignMs
      if (ended.aborted) return undefined
      if (silentMs > this.options.stallMs) return new ConsumerStalledError(silentMs)
    }
  }

  private async pause(error: unknown): Promise<void> {
    this.state = 'restarting'
    this.attempt += 1
    const afterMs = Math.min(FIRST_RESTART_MS * 2 ** (this.attempt - 1), LONGEST_RESTART_MS)
    this.options.onNotice({ kind: 'crash', attempt: this.attempt, afterMs, error })
    await sleep(afterMs, undefined, { signal: this.stopping.signal }).catch(() => undefined)
  }
}

const FINAL = new Set(['KafkaJSSASLAuthenticationError', 'KafkaJSUnsupportedMagicByteInMessageSet', 'KafkaJSServerDoesNotSupportApiKey'])

/** Trying again cannot help: the configuration is wrong. */
function isFinal(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (FINAL.has(at.name)) return true
  }
  return false
}
