import { readdir } from 'node:fs/promises'
import { type RawMessage, SpoolTail, type TailNotice } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import type { BusPublisher } from './bus-publisher.ts'
import { faultOf } from './code-of.ts'
import { damagedRecord } from './damaged-record.ts'
import { spoolDepth } from './spool-depth.ts'
import { RELAY_CURSOR, type RelayListener, type RelaySource, type RelayState, type SpoolRelay } from './spool-relay.ts'

export type RelayOptions = Pick<RelaySource, 'directory' | 'source'> &
  RelayListener & {
    publisher: Pick<BusPublisher, 'publish' | 'send'>
    /** Milliseconds since the epoch. */
    nowMs: () => number
    batchMessages?: number
    batchBytes?: number
    lingerMs?: number
  }

// A batch is in memory whole, beside its copy on the wire.
const BATCH_MESSAGES = 5000
const BATCH_BYTES = 4 * 1024 * 1024
const LINGER_MS = 25

/**
 * Publishes what is durable in the spool, in order, at least once: the cursor moves after the bus has acknowledged.
 * One batch at a time, so that no session's events overtake each other, whatever fails.
 */
export class Relay implements SpoolRelay {
  private readonly tail: SpoolTail
  private waitingSinceMs: number | null = null
  private publishedCount = 0
  private lastCode: string | null = null

  constructor(private readonly options: RelayOptions) {
    const { directory, source, batchMessages = BATCH_MESSAGES, batchBytes = BATCH_BYTES, lingerMs = LINGER_MS } = options
    const onNotice = (notice: TailNotice) => this.note(notice)
    this.tail = new SpoolTail({ directory, source, name: RELAY_CURSOR, batchMessages, batchBytes, lingerMs, onNotice })
  }

  get state(): RelayState {
    return { published: this.publishedCount, oldestWaitingMs: this.waitingSinceMs, lastErrorCode: this.lastCode }
  }

  depth(): Promise<number> {
    return spoolDepth(this.options.directory, RELAY_CURSOR)
  }

  start(): void {
    this.tail.start((batch, signal) => this.publish(batch, signal))
    this.tellOfOthers().catch(() => undefined)
  }

  async stop(drainWithinMs: number): Promise<void> {
    await within(this.tail.caughtUp(), drainWithinMs)
    await this.tail.stop()
  }

  private async publish(batch: readonly RawMessage[], signal: AbortSignal): Promise<void> {
    const { publisher, nowMs, onPublished, publishing } = this.options
    this.waitingSinceMs = recordedAtMs(batch[0]) ?? this.waitingSinceMs ?? nowMs()
    const startedAt = performance.now()
    const events = batch.filter((message) => message.damage === undefined).map((message) => message.value)
    const damaged = batch.filter((message) => message.damage !== undefined).map((message) => damagedRecord(message, nowMs()))
    await unlessAborted(signal, async () => {
      if (events.length > 0) await publishing(events.length, (headers) => publisher.publish(events, headers))
      if (damaged.length > 0) await publisher.send(topics.deadLetters, damaged)
    })
    // What waits behind a full batch was recorded after it.
    this.waitingSinceMs = this.tail.isBehind ? recordedAtMs(batch.at(-1)) : null
    this.lastCode = null
    this.publishedCount += events.length
    onPublished({ events: events.length, durationMs: performance.now() - startedAt })
  }

  // As when the platform read this spool itself once: nothing would tell why it only grows.
  private async tellOfOthers(): Promise<void> {
    const cursors = (await readdir(this.options.directory)).flatMap((file) => /^cursor-([a-z0-9-]+)$/.exec(file)?.[1] ?? [])
    const readers = cursors.filter((name) => name !== RELAY_CURSOR)
    if (readers.length > 0) this.options.onNotice({ kind: 'shared', readers })
  }

  private note(notice: TailNotice): void {
    if (notice.kind === 'retry' && notice.error instanceof RelayStoppedError) return
    if (notice.kind === 'damage') {
      this.options.onNotice({ kind: 'damage', segment: notice.at.segment, offset: notice.at.offset, records: notice.messages })
      return
    }
    const fault = faultOf(notice.error)
    this.lastCode = fault.code
    this.options.onNotice({ kind: 'retry', ...fault, attempt: notice.attempt, afterMs: notice.afterMs })
  }
}

class RelayStoppedError extends Error {
  readonly code = 'RELAY_STOPPED'
  readonly retryable = true
}

// A publish that hangs must not hold up the shutdown: unacknowledged, it is published again at the next start.
function unlessAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new RelayStoppedError('the relay has stopped'))
    signal.addEventListener('abort', stop, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

const TS = Buffer.from('"ts":"')

// Whose time it is matters to nobody but a gauge: found without parsing what callers wrote, which may be large.
function recordedAtMs(message: RawMessage | undefined): number | null {
  if (!message || message.damage !== undefined) return null
  const at = message.value.lastIndexOf(TS)
  const digits = at < 0 ? null : /^[0-9]{1,19}/.exec(message.value.toString('latin1', at + TS.length, at + TS.length + 19))
  return digits ? Math.floor(Number(digits[0]) / 1000) : null
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work.catch(() => undefined), time])
  clearTimeout(timer)
}
