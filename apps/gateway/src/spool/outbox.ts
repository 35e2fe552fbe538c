import { fdatasync, fdatasyncSync } from 'node:fs'
import { encodeCheckpoint, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES, type SpoolPosition } from '@hoptrace/bus'
import type { SpoolMark } from '../recording/session-recording.ts'
import { DurableMark } from './durable-mark.ts'
import { Group } from './group.ts'
import { type Blank, makeBlank, prepareBlank, Segment } from './segment.ts'

export type OutboxOptions = {
  dir: string
  /** Bytes of a segment. */
  segmentBytes: number
  /** What nobody waits for is durable within this time. */
  syncWithinMs: number
  /** How long a spool that failed waits before it tries a new file. */
  retryAfterMs: number
  /** Number of the first segment to write, and where the one before it ends. */
  start: { segment: number; previousEnd: number }
  /** What recovery must know of the sessions open now; written first into every segment. */
  checkpoint: () => Buffer
}

export class SpoolUnavailableError extends Error {
  readonly code = 'SPOOL_UNAVAILABLE'
  readonly retryable = true
  constructor(readonly fault: string) {
    super(`The spool cannot be written: ${fault}`)
  }
}

/** A quarter of a segment filled faster than this is bulk: records of 100 KiB, not statements. */
const BULK_WITHIN_MS = 250

type Written = { bytes: Buffer; mark: SpoolMark }

/**
 * The gateway's durable outbox: records in, one write(2) a turn of the event loop, group fdatasync.
 *
 * A file whose write or sync failed is never written again: what was not durable in it is written from memory into a
 * new segment. When that fails too the outbox is down: `append` throws, nothing in memory is let go, and a new file is
 * tried every `retryAfterMs`.
 */
export class Outbox {
  private segment: Segment
  private readonly mark: DurableMark
  private group = new Group()
  private appended: SpoolMark = 0
  private written: SpoolMark = 0
  private durable: SpoolMark = 0
  private wanted: SpoolMark = 0
  private unsynced: Written[] = []
  private durableAt: SpoolPosition
  private enteredAt = performance.now()
  private isFlushScheduled = false
  private isSyncing = false
  private isClosed = false
  private timer: NodeJS.Timeout | null = null
  private blank: Blank | 'preparing' | null = null
  private fault: string | null = null
  private readonly progressListeners = new Set<() => void>()
  private readonly faultListeners = new Set<(fault: string | null) => void>()

  constructor(private readonly options: OutboxOptions) {
    this.mark = new DurableMark(options.dir)
    const { segment, previousEnd } = options.start
    this.segment = Segment.open(options.dir, segment, options.segmentBytes, previousEnd, makeBlank(options.dir, options.segmentBytes))
    this.durableAt = { segment, offset: this.segment.end }
    this.writeCheckpoint()
    this.sync()
  }

  /** Position after everything appended so far. */
  get position(): SpoolMark {
    return this.appended
  }
  get writtenTo(): SpoolMark {
    return this.written
  }
  get durableTo(): SpoolMark {
    return this.durable
  }
  /** Why nothing can be recorded now; null when all is well. */
  get downBecause(): string | null {
    return this.fault
  }

  /** Called after every write and every sync. */
  onProgress(listener: () => void): void {
    this.progressListeners.add(listener)
  }
  /** Called with the reason when the outbox goes down, and with null when it is back. */
  onFault(listener: (fault: string | null) => void): void {
    this.faultListeners.add(listener)
  }

  /**
   * What this takes is never let go: should the outbox go down in this very call, the record waits in memory.
   * @throws SpoolUnavailableError while the outbox is down
   */
  append(payload: Buffer): SpoolMark {
    if (this.fault !== null) throw new SpoolUnavailableError(this.fault)
    if (!this.segment.hasRoomFor(this.group.length + payload.length + RECORD_HEADER_BYTES)) this.rotate()
    this.group.add(payload)
    this.appended += payload.length + RECORD_HEADER_BYTES
    if (!this.isFlushScheduled) {
      this.isFlushScheduled = true
      setImmediate(this.flushScheduled)
    }
    return this.appended
  }

  /** Asks for a sync soon; without one, everything is durable within `syncWithinMs` of its write all the same. */
  want(mark: SpoolMark): void {
    if (mark > this.wanted) this.wanted = mark
    if (this.isSyncDue) this.sync()
  }

  /** Writes and syncs all, then closes the files. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.flush()
    // A sync in flight holds the file's descriptor: closed under it, the number could be another file's by then.
    while (this.isSyncing || (this.durable < this.written && this.fault === null)) {
      this.want(this.written)
      await new Promise<void>((resolve) => setTimeout(resolve, 1))
    }
    this.isClosed = true
    if (this.timer) clearTimeout(this.timer)
    this.segment.close()
    this.mark.close()
  }

  private readonly flushScheduled = () => {
    this.isFlushScheduled = false
    this.flush()
    this.tell()
  }

  private flush(): void {
    if (this.group.length === 0 || this.fault !== null || this.isClosed) return
    const bytes = this.group.take()
    this.unsynced.push({ bytes, mark: this.appended })
    try {
      this.segment.append(bytes)
      this.written = this.appended
      this.scheduleSync()
    } catch (error) {
      this.relocate(error)
    }
    if (!this.blank && this.segment.end > this.segment.capacity / 4) this.prepareUnlessInBulk()
  }

  // What is wanted and not written yet is written at the end of this turn: a sync before that would not cover it.
  private get isSyncDue(): boolean {
    return this.wanted > this.durable && this.written >= this.wanted
  }

  private scheduleSync(): void {
    if (this.isSyncDue) {
      this.sync()
      return
    }
    this.timer ??= setTimeout(() => {
      this.timer = null
      if (this.written > this.durable) this.sync()
    }, this.options.syncWithinMs)
  }

  private sync(): void {
    if (this.isSyncing || this.isClosed || this.fault !== null) return
    this.isSyncing = true
    const { segment, written } = this
    const end = segment.end
    fdatasync(segment.fd, (error) => {
      this.isSyncing = false
      // A segment that was left in the meantime was synced or rewritten by whoever left it.
      if (segment === this.segment) {
        if (error) this.relocate(error)
        else this.becomeDurable(written, { segment: segment.number, offset: end })
      }
      // The next sync runs while what waited for this one is sent.
      if (this.written > this.durable) this.scheduleSync()
      this.tell()
    })
  }

  private becomeDurable(mark: SpoolMark, at: SpoolPosition): void {
    this.durable = Math.max(this.durable, mark)
    this.durableAt = at
    if (!this.isClosed) this.mark.advance(at)
    let done = 0
    while ((this.unsynced[done]?.mark ?? Number.POSITIVE_INFINITY) <= mark) done += 1
    if (done === 0) return
    const given = this.unsynced.splice(0, done).map(({ bytes }) => bytes)
    this.group.giveBack(given, this.unsynced[0]?.bytes)
  }

  private rotate(): void {
    this.flush()
    if (this.fault !== null) return
    try {
      const end = this.segment.end
      const number = this.segment.number
      this.segment.seal()
      this.becomeDurable(this.written, { segment: number, offset: end })
      this.enter(number + 1, end)
    } catch (error) {
      this.relocate(error)
    }
  }

  private enter(number: number, previousEnd: number): void {
    const blank = typeof this.blank === 'object' ? this.blank : null
    if (blank) this.blank = null
    this.enteredAt = performance.now()
    this.segment = Segment.open(this.options.dir, number, this.options.segmentBytes, previousEnd, blank)
    this.writeCheckpoint()
  }

  // However many sessions it names, events follow it: a segment of nothing but its checkpoint would be left at once.
  private writeCheckpoint(): void {
    this.segment.append(encodeCheckpoint(this.options.checkpoint()))
    this.segment.leaveRoom(this.options.segmentBytes / 2)
  }

  // Never sync a file again whose sync failed: the kernel may have dropped the pages it could not write (fsyncgate, 2018).
  private relocate(error: unknown): void {
    if (this.isClosed) return
    try {
      this.abandonSegment()
      for (const { bytes } of this.unsynced) this.segment.append(bytes)
      fdatasyncSync(this.segment.fd)
    } catch (again) {
      this.setFault(codeOf(again) ?? codeOf(error) ?? 'unknown error')
      setTimeout(() => this.relocate(again), this.options.retryAfterMs).unref()
      return
    }
    this.written = this.unsynced.at(-1)?.mark ?? this.written
    this.becomeDurable(this.written, { segment: this.segment.number, offset: this.segment.end })
    this.setFault(null)
    this.flush()
  }

  private abandonSegment(): void {
    const { number } = this.segment
    const failed = this.segment
    this.enter(number + 1, this.durableAt.segment === number ? this.durableAt.offset : SEGMENT_HEADER_BYTES)
    try {
      failed.close()
    } catch {
      // A descriptor that cannot even be closed holds nothing that is still needed.
    }
  }

  private setFault(fault: string | null): void {
    const isNews = (fault === null) !== (this.fault === null)
    this.fault = fault
    if (isNews) for (const listener of this.faultListeners) listener(fault)
  }

  // Zeros spare small records their metadata; in bulk they would only double what is written.
  private prepareUnlessInBulk(): void {
    const elapsedMs = performance.now() - this.enteredAt
    if (elapsedMs > BULK_WITHIN_MS) this.prepare()
  }

  private prepare(): void {
    this.blank = 'preparing'
    prepareBlank(this.options.dir, this.options.segmentBytes).then(
      (blank) => {
        this.blank = blank
      },
      // No room to prepare: the next segment starts sparse, and fails there if the disk is full.
      () => {
        this.blank = null
      },
    )
  }

  private tell(): void {
    for (const listener of this.progressListeners) listener()
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null
}
