import { applyRetention, type RetentionPolicy, type Store, type TenantRetention } from '@hoptrace/store'

/** What a run did to each tenant that has a limit, or why it failed. What a failed run began the next one finishes. */
export type RetentionNotice = { kind: 'ran'; tenants: readonly TenantRetention[]; atMs: number } | { kind: 'failed'; error: unknown }

export type RetentionRunsOptions = {
  policy: RetentionPolicy
  /** Milliseconds since the epoch. */
  now: () => number
  onNotice: (notice: RetentionNotice) => void
  /** From one run to the next. Default an hour. */
  everyMs?: number
}

const HOUR_MS = 3_600_000

/** Deletes again and again what its time is over for. One process does so for a store: two would count the same twice. */
export class RetentionRuns {
  private timer: NodeJS.Timeout | null = null
  private running: Promise<boolean> = Promise.resolve(true)

  constructor(
    private readonly store: Store,
    private readonly options: RetentionRunsOptions,
  ) {}

  /** Begins with a run at once. */
  start(): void {
    this.timer = setInterval(() => this.run(), this.options.everyMs ?? HOUR_MS)
    this.run()
  }

  /** Resolves when the run that is under way is done. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer)
    await this.running
  }

  /** One run, after the one that is under way. Never rejects. @returns whether it was done */
  run(): Promise<boolean> {
    this.running = this.running.then(() => this.once())
    return this.running
  }

  private async once(): Promise<boolean> {
    const { policy, now, onNotice } = this.options
    const atMs = now()
    try {
      onNotice({ kind: 'ran', tenants: await applyRetention(this.store, policy, atMs), atMs })
      return true
    } catch (error) {
      onNotice({ kind: 'failed', error })
      return false
    }
  }
}
