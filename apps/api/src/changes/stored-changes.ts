import { type ArrivalRow, Arrivals, type Store } from '@hoptrace/store'
import type { Changes, StoredBatch } from '../api-options.ts'
import { ViewStreams } from './view-streams.ts'

/** Several ingests write at once: a row may become visible after one that was stored later. */
const OVERLAP_US = 5_000_000n
const MAX_ROWS = 10_000

export type StoredChangesOptions = {
  everyMs: number
  now: () => number
  /** A look that failed; the next one takes it up. */
  onError?: (error: unknown) => void
}

/** Learns what was stored by looking at what arrives: for an api whose ingest is another process. */
export class StoredChanges implements Changes {
  private readonly arrivals: Arrivals
  private readonly viewStreams: ViewStreams
  private readonly listeners = new Set<(stored: StoredBatch) => void>()
  private after: bigint
  private seen = new Map<string, bigint>()
  private timer: NodeJS.Timeout | null = null
  private looking: Promise<void> = Promise.resolve()
  private isClosed = false

  constructor(
    store: Store,
    private readonly options: StoredChangesOptions,
  ) {
    this.arrivals = new Arrivals(store)
    this.viewStreams = new ViewStreams(store)
    this.after = BigInt(options.now()) * 1000n
  }

  onStored(listener: (stored: StoredBatch) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    if (this.isClosed) return
    this.timer = setTimeout(() => this.look().then(() => this.start()), this.options.everyMs)
  }

  /** Resolves when the store is no longer read. */
  async close(): Promise<void> {
    this.isClosed = true
    if (this.timer) clearTimeout(this.timer)
    await this.looking
  }

  /** One look. Never rejects. */
  look(): Promise<void> {
    this.looking = this.read().catch((error: unknown) => this.options.onError?.(error))
    return this.looking
  }

  private async read(): Promise<void> {
    let from = String(this.after > OVERLAP_US ? this.after - OVERLAP_US : 0n)
    for (;;) {
      const rows = await this.arrivals.listAfter(from, MAX_ROWS)
      await this.tell(rows)
      const last = rows.at(-1)
      if (rows.length < MAX_ROWS || last === undefined) break
      from = last.storedAt
    }
    for (const [key, storedAt] of this.seen) if (storedAt < this.after - OVERLAP_US) this.seen.delete(key)
  }

  private async tell(rows: readonly ArrivalRow[]): Promise<void> {
    const fresh = rows.filter(({ storedAt, tenant, sessionId }) => !this.seen.has(keyOf(storedAt, tenant, sessionId)))
    const sessions = await this.viewStreams.without(fresh)
    for (const { storedAt, tenant, sessionId } of fresh) this.note(BigInt(storedAt), keyOf(storedAt, tenant, sessionId))
    if (sessions.length > 0) for (const listener of this.listeners) listener({ sessions })
  }

  private note(storedAt: bigint, key: string): void {
    if (storedAt > this.after) this.after = storedAt
    this.seen.set(key, storedAt)
  }
}

function keyOf(storedAt: string, tenant: string, sessionId: string): string {
  return `${storedAt} ${sessionId} ${tenant}`
}
