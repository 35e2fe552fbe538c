import type { RunsBeat } from '@hoptrace/events'

/** Older than this, what a gateway knows of runs decides nothing. */
export const FRESH_FOR_MS = 5000

/**
 * How recent a gateway's view of the runs is that others write: as old as the writer's last beat, and at least as old as
 * the last moment at which it held all that the topic did. The beat says that the writer lives; only the other says that
 * no revocation stands unread behind it, as after an interruption.
 */
export class BeatFreshness {
  private newest: RunsBeat | null = null
  private beatAtMs = Number.NEGATIVE_INFINITY

  /**
   * @param nowMs this gateway's monotonic clock, in milliseconds
   * @param viewAgeMs for how long it cannot be said any more that everything was read
   */
  constructor(
    private readonly nowMs: () => number,
    private readonly viewAgeMs: () => number,
  ) {}

  /** Newest beat of the writer that counts; null before the first. */
  get beat(): RunsBeat | null {
    return this.newest
  }

  get isFresh(): boolean {
    return this.ageMs < FRESH_FOR_MS
  }

  /** Infinite when no beat has come. */
  get ageMs(): number {
    return Math.max(this.nowMs() - this.beatAtMs, this.viewAgeMs())
  }

  /** @param isNew false for what stood in the topic before this gateway looked: it tells who wrote, and not that he lives */
  take(beat: RunsBeat, isNew: boolean): void {
    const { newest } = this
    if (newest && compareWriters(beat, newest) < 0) return
    // One that comes again, or that a broker took late, after its successors.
    if (newest?.bootId === beat.bootId && beat.seq <= newest.seq) return
    this.newest = beat
    if (isNew) this.beatAtMs = this.nowMs()
  }
}

/** Which of two writers came later: by epoch, and where both took the same one, by boot. Negative when `a` came before `b`. */
export function compareWriters(a: Pick<RunsBeat, 'epoch' | 'bootId'>, b: Pick<RunsBeat, 'epoch' | 'bootId'>): number {
  return a.epoch - b.epoch || (a.bootId < b.bootId ? -1 : a.bootId > b.bootId ? 1 : 0)
}
