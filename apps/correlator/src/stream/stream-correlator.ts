import { setTimeout as sleep } from 'node:timers/promises'
import {
  ensureTopics,
  KafkaBatchStrategy,
  type KafkaNotice,
  KafkaPublisher,
  type KafkaSettings,
  type OnKafkaNotice,
  type PartitionPosition,
  TopicEnds,
  topicSpecs,
} from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { FrameworkLog, standardLog } from '@hoptrace/telemetry'
import type { INestMicroservice } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { NoteConsumer } from './note-consumer.ts'
import { ProgressReport } from './progress-report.ts'
import { Rekey, type RekeyState } from './rekey.ts'
import { linkModule, rekeyModule } from './stream.module.ts'
import { type Links, StreamLinker, type StreamLinkerOptions, type StreamLinkerState } from './stream-linker.ts'

export type StreamCorrelatorOptions = Omit<StreamLinkerOptions, 'partitions'> & {
  settings: KafkaSettings
  links: Links
  onNotice?: OnKafkaNotice
  /** The store or the bus failed; it is tried again. */
  onError?: (error: unknown) => void
  /** How often it is looked for what can be linked, in ms. */
  stepMs?: number
  /** How often it is told how far this process has noted the events, in ms. */
  progressMs?: number
  /** Links what is stored and no note told of in time: imports, and what the store took in parts. Called by the process that links. */
  repair?: () => Promise<void>
  /** How often that is done, in ms. */
  repairMs?: number
  /** How often it is looked for pivots that nobody followed, in ms. */
  settleEveryMs?: number
}

export const REKEY_GROUP = 'hoptrace-correlator-rekey'
export const LINK_GROUP = 'hoptrace-correlator-link'
const RETRY_MS = 1000
const REPAIR_MS = 60_000
const SETTLE_MS = 2000
const PROGRESS_MS = 1000

/**
 * The correlator fed by the bus, in two stages: every process makes notes of the events; one of them, whichever the group
 * elects, reads all notes and links, since hops and chains have one writer. The others take over when it is gone.
 */
export class StreamCorrelator {
  private readonly apps: INestMicroservice[] = []
  private readonly strategies: { rekey: KafkaBatchStrategy; link: KafkaBatchStrategy }
  private readonly closing = new AbortController()
  private readonly rekey: Rekey
  private readonly progress: ProgressReport
  private following: Promise<unknown> = Promise.resolve()
  private isReader = false
  private repairedMs: number
  private settledMs: number

  private constructor(
    private readonly options: StreamCorrelatorOptions,
    private readonly publisher: KafkaPublisher,
    private readonly ends: TopicEnds,
    private readonly linker: StreamLinker,
  ) {
    const { settings, onNotice, now } = options
    const noted = { notes: publisher, partitions: settings.topicPartitions, ends: () => ends.of(topics.events) }
    this.rekey = new Rekey(noted)
    this.progress = new ProgressReport({ ...noted, positions: () => this.strategies.rekey.lag })
    this.repairedMs = now()
    this.settledMs = now()
    this.strategies = {
      rekey: new KafkaBatchStrategy({ settings, groupId: REKEY_GROUP, ...(onNotice ? { onNotice } : {}) }),
      link: new KafkaBatchStrategy({
        settings,
        groupId: LINK_GROUP,
        isSingleReader: true,
        onNotice: (notice) => this.onLinkNotice(notice),
      }),
    }
  }

  /** Makes and checks the topics, then joins the groups. @throws when no broker lets this process in, or a topic is not as it must be */
  static async start(options: StreamCorrelatorOptions): Promise<StreamCorrelator> {
    const { settings, links, onNotice = () => undefined } = options
    const specs = topicSpecs(settings)
    await ensureTopics(settings, specs)
    const publisher = await KafkaPublisher.connect(settings, { onNotice })
    const linker = new StreamLinker(links, { ...options, partitions: notePartitions(settings.topicPartitions) })
    const correlator = new StreamCorrelator(options, publisher, new TopicEnds(settings), linker)
    await correlator.listen()
    return correlator
  }

  get state(): { rekey: RekeyState; link: StreamLinkerState } {
    return { rekey: this.rekey.state, link: this.linker.state }
  }

  /** How far the partitions that this process reads were consumed: of events, and, where it links, of notes. */
  get lag(): { rekey: PartitionPosition[]; link: PartitionPosition[] } {
    return { rekey: this.strategies.rekey.lag, link: this.strategies.link.lag }
  }

  /** Are both stages members of their groups? */
  get isRunning(): boolean {
    return this.strategies.rekey.state === 'running' && this.strategies.link.state === 'running'
  }

  /** Leaves the groups and ends what runs. What was held is read again by whoever takes over. Idempotent. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return
    this.closing.abort()
    await Promise.all([this.following, ...this.apps.map((app) => app.close())])
    await Promise.all([this.publisher.close(), this.ends.close()])
  }

  private async listen(): Promise<void> {
    const { rekey, link } = this.strategies
    const linking = linkModule(new NoteConsumer(this.linker))
    for (const [module, strategy] of [[rekeyModule(this.rekey), rekey] as const, [linking, link] as const]) {
      const app = await NestFactory.createMicroservice(module, { strategy, logger: new FrameworkLog(standardLog('correlator')) })
      this.apps.push(app)
      await app.listen()
    }
    const { stepMs = 200, progressMs = PROGRESS_MS } = this.options
    this.following = Promise.all([this.follow(stepMs, () => this.step()), this.follow(progressMs, () => this.progress.publish())])
  }

  // Again and again until closed, and a little later after a failure.
  private async follow(pauseMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.closing
    while (!signal.aborted) {
      let nextMs = pauseMs
      try {
        await work()
      } catch (error) {
        this.options.onError?.(error)
        nextMs = Math.max(pauseMs, RETRY_MS)
      }
      await sleep(nextMs, undefined, { signal }).catch(() => undefined)
    }
  }

  private async step(): Promise<void> {
    await this.linker.step()
    await this.settleNowAndThen()
    await this.repairNowAndThen()
  }

  // By the process that links and between its steps, as repairs are.
  private async settleNowAndThen(): Promise<void> {
    const { links, now, settleEveryMs = SETTLE_MS } = this.options
    if (!this.isReader || now() - this.settledMs < settleEveryMs) return
    await links.settle()
    this.settledMs = now()
  }

  // By the process that links and between its steps: hops and chains have one writer.
  private async repairNowAndThen(): Promise<void> {
    const { repair, repairMs = REPAIR_MS, now } = this.options
    if (!repair || !this.isReader || now() - this.repairedMs < repairMs) return
    await repair()
    this.repairedMs = now()
  }

  // Partitions come from their committed offsets: what was held of them comes again, here or elsewhere.
  private onLinkNotice(notice: KafkaNotice): void {
    if (notice.kind === 'assigned') {
      this.isReader = Object.values(notice.partitions).some((partitions) => partitions.length > 0)
      this.linker.reset()
    }
    this.options.onNotice?.(notice)
  }
}

function notePartitions(count: number): string[] {
  const numbers = Array.from({ length: count }, (_, partition) => partition)
  return [topics.accesses, topics.sightings].flatMap((topic) => numbers.map((partition) => `${topic}/${partition}`))
}
