import { type ConflictRow, Conflicts, type Store } from '@hoptrace/store'
import { CONFLICTS_WITHIN_MS } from './recent-conflicts.ts'
import { RepeatedLook } from './repeated-look.ts'

/** What an operator should hear, once each time that it becomes so. */
export type ConflictNotice =
  | { kind: 'conflict'; sessionId: string; seq: number }
  /** Whether there are conflicts is not known now. */
  | { kind: 'unread'; error: unknown }

export type ConflictWatchOptions = {
  /** Milliseconds since the epoch. */
  now: () => number
  onNotice: (notice: ConflictNotice) => void
  /** How often it looks. Default 30 s. */
  everyMs?: number
}

/** Sessions that are told one by one; what is beyond them is counted. */
const MOST_TOLD = 1_000

/** Watches the sessions of all tenants that take events, and tells of those that hold two different events under one seq. */
export class ConflictWatch {
  private readonly conflicts: Conflicts
  private readonly looks: RepeatedLook
  private told: ReadonlySet<string> = new Set()
  /** Sessions in conflict, as last seen. */
  count = 0

  constructor(
    store: Store,
    private readonly options: ConflictWatchOptions,
  ) {
    this.conflicts = new Conflicts(store)
    const onUnread = (error: unknown) => options.onNotice({ kind: 'unread', error })
    this.looks = new RepeatedLook(() => this.read(), { everyMs: options.everyMs ?? 30_000, onUnread })
  }

  /** Looks that failed. */
  get failures(): number {
    return this.looks.failures
  }

  start(): void {
    this.looks.start()
  }

  stop(): Promise<void> {
    return this.looks.stop()
  }

  /** One look at the store; one at a time. Never rejects. */
  look(): Promise<void> {
    return this.looks.look()
  }

  private async read(): Promise<void> {
    const { count, newest } = await this.conflicts.since(null, (this.options.now() - CONFLICTS_WITHIN_MS) * 1000, MOST_TOLD)
    for (const row of newest) {
      if (!this.told.has(keyOf(row))) this.options.onNotice({ kind: 'conflict', sessionId: row.sessionId, seq: row.seq })
    }
    this.count = count
    this.told = new Set(newest.map(keyOf))
  }
}

function keyOf({ tenant, sessionId }: ConflictRow): string {
  return `${sessionId} ${tenant}`
}
