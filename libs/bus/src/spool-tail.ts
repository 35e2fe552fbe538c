import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BatchConsumer, BatchHandler, RawMessage } from './batch-consumer.ts'
import { CursorFile, readMark } from './cursor-file.ts'
import { SEGMENT_HEADER_BYTES } from './spool-format.ts'
import { comparePositions, DURABLE_FILE, type SpoolPosition } from './spool-mark.ts'
import { type ReadBatch, SpoolReader } from './spool-reader.ts'
import { deleteConsumed, segmentsIn } from './spool-segments.ts'
import { WakeUp } from './wake-up.ts'

/** What an operator should hear about. Never holds a payload. */
export type TailNotice =
  /** Records whose bytes changed on disk; they were handed over as damaged. A gap in the recording. */
  | { kind: 'damage'; at: SpoolPosition; messages: number }
  /** The handler rejected, or the disk did: tried again after `afterMs`. */
  | { kind: 'retry'; error: unknown; attempt: number; afterMs: number }

export type SpoolTailOptions = {
  directory: string
  /** Names the cursor, so that several readers can share a spool. */
  name: string
  /** Source in the coordinates of messages. Default: the directory. */
  source?: string
  batchMessages?: number
  batchBytes?: number
  /**
   * Batches handed over before the first of them is through: with 2, one is read and understood while the other is
   * stored. When one fails, it and those behind it come again. Default 1.
   */
  inFlight?: number
  /** Batches that are not full begin at least this long apart: the store likes few, large inserts. Default 100 ms. */
  lingerMs?: number
  /** Looks at the durable mark at least this often, should the file system tell nothing. Default 250 ms. */
  pollMs?: number
  /** First pause after a failure; doubles up to 5 s. */
  retryMs?: number
  /** Consumed segments to keep. Default 0; null keeps all. */
  keepSegments?: number | null
  onNotice?: (notice: TailNotice) => void
}

const LONGEST_RETRY_MS = 5_000

/** Tails a gateway's spool. A batch's cursor is saved after its handler resolved: a crash in between delivers it again. */
export class SpoolTail implements BatchConsumer {
  private readonly cursor: CursorFile
  private readonly reader: SpoolReader
  private readonly stopping = new AbortController()
  private readonly wakeUp = new WakeUp()
  private readonly caughtUpWaiters = new Set<{ to: SpoolPosition; resolve: () => void }>()
  private readonly inFlight: { batch: ReadBatch; done: Promise<void> }[] = []
  private at: SpoolPosition = { segment: 0, offset: SEGMENT_HEADER_BYTES }
  private watcher: FSWatcher | null = null
  private running: Promise<void> | null = null
  private isMore = false

  constructor(private readonly options: SpoolTailOptions) {
    this.cursor = new CursorFile(options.directory, options.name)
    this.reader = new SpoolReader(options.directory, options.source ?? options.directory)
  }

  start(handler: BatchHandler): void {
    if (this.running) throw new Error('The tail has been started already')
    this.watcher = watch(this.options.directory, () => this.wakeUp.ring())
    this.watcher.on('error', () => undefined)
    this.running = this.run(handler)
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    this.wakeUp.ring()
    this.watcher?.close()
    await this.running
    await this.reader.close()
  }

  position(): { partition: string; offset: number } {
    return { partition: String(this.at.segment), offset: this.at.offset }
  }

  /** Whether more was durable than the batch that was handed over last could hold. */
  get isBehind(): boolean {
    return this.isMore
  }

  /** Resolves once everything that is durable at the time of the call has been consumed. */
  async caughtUp(): Promise<void> {
    const to = await this.durable()
    if (to === null || comparePositions(this.at, to) >= 0) return
    await new Promise<void>((resolve) => this.caughtUpWaiters.add({ to, resolve }))
  }

  private async run(handler: BatchHandler): Promise<void> {
    await this.insist(async () => {
      this.moveTo((await this.cursor.load()) ?? (await this.beginning()))
    })
    while (!this.stopping.signal.aborted) {
      const startedAt = performance.now()
      const isFull = await this.insist(() => this.turn(handler))
      if (isFull || this.stopping.signal.aborted) continue
      await this.wakeUp.wait(this.options.pollMs ?? 250)
      const linger = (this.options.lingerMs ?? 100) - (performance.now() - startedAt)
      if (linger > 0) await this.pause(linger)
    }
    await Promise.allSettled(this.inFlight.map(({ done }) => done))
  }

  // Reads one batch and hands it over; waits for the oldest one in flight when there are enough. Answers whether more is waiting.
  private async turn(handler: BatchHandler): Promise<boolean> {
    const batch = await this.readAhead()
    this.isMore = batch?.isFull ?? false
    if (batch !== null) {
      const done = batch.messages.length === 0 ? Promise.resolve() : handler(batch.messages, this.stopping.signal)
      // Awaited in order below; until then a rejection must not count as unhandled.
      done.catch(() => undefined)
      this.inFlight.push({ batch, done })
    }
    const most = this.isMore && !this.stopping.signal.aborted ? (this.options.inFlight ?? 1) - 1 : 0
    while (this.inFlight.length > most) await this.settleOldest()
    return this.isMore
  }

  private async readAhead(): Promise<ReadBatch | null> {
    const from = this.inFlight.at(-1)?.batch.end ?? this.at
    const durable = await this.durable()
    if (durable === null || comparePositions(from, durable) >= 0) return null
    const { batchMessages = 10_000, batchBytes = 16 * 1024 * 1024 } = this.options
    const batch = await this.reader.read(from, durable, { messages: batchMessages, bytes: batchBytes })
    return comparePositions(batch.end, from) > 0 ? batch : null
  }

  private async settleOldest(): Promise<void> {
    const oldest = this.inFlight[0]
    if (!oldest) return
    try {
      await oldest.done
      await this.advance(oldest.batch.end)
    } catch (error) {
      await Promise.allSettled(this.inFlight.splice(0).map(({ done }) => done))
      throw error
    }
    this.inFlight.shift()
    const damaged = oldest.batch.messages.filter((message) => message.damage !== undefined)
    if (damaged[0]) this.options.onNotice?.({ kind: 'damage', at: positionOf(damaged[0]), messages: damaged.length })
  }

  private async advance(to: SpoolPosition): Promise<void> {
    await this.cursor.save(to)
    const hasLeftSegment = to.segment > this.at.segment
    this.moveTo(to)
    const { keepSegments = 0 } = this.options
    if (hasLeftSegment && keepSegments !== null) await deleteConsumed(this.options.directory, keepSegments)
  }

  private moveTo(to: SpoolPosition): void {
    this.at = to
    for (const waiter of this.caughtUpWaiters) {
      if (comparePositions(to, waiter.to) < 0) continue
      this.caughtUpWaiters.delete(waiter)
      waiter.resolve()
    }
  }

  private durable(): Promise<SpoolPosition | null> {
    return readMark(join(this.options.directory, DURABLE_FILE))
  }

  private async beginning(): Promise<SpoolPosition> {
    return { segment: (await segmentsIn(this.options.directory))[0] ?? 0, offset: SEGMENT_HEADER_BYTES }
  }

  // Nothing is ever skipped: what fails is tried again until it succeeds or the tail is stopped.
  private async insist<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 1; !this.stopping.signal.aborted; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        const afterMs = Math.min((this.options.retryMs ?? 100) * 2 ** (attempt - 1), LONGEST_RETRY_MS)
        this.options.onNotice?.({ kind: 'retry', error, attempt, afterMs })
        await this.pause(afterMs)
      }
    }
    return undefined
  }

  // Only stopping cuts it short.
  private pause(ms: number): Promise<void> {
    const { signal } = this.stopping
    return sleep(ms, undefined, { signal }).catch(() => undefined)
  }
}

function positionOf(message: RawMessage): SpoolPosition {
  return { segment: Number(message.at.partition), offset: message.at.offset }
}
