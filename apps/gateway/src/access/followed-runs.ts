import type { Clock } from '../recording/clock.ts'
import type { BeatFreshness } from './beat-freshness.ts'
import type { KnownRuns } from './known-runs.ts'
import { type KnownRun, RunSet, type Standing } from './run-set.ts'

/** The runs of another gateway, which writes them: as recent as its last beat. Nothing of them is kept on disk. */
export class FollowedRuns implements KnownRuns {
  private readonly runs = new RunSet()

  /** @param onEnded hears of runs that have ended, so that their sessions do too */
  constructor(
    private readonly clock: Clock,
    private readonly freshness: BeatFreshness,
    private readonly onEnded: (ids: readonly string[], state: 'expired' | 'revoked') => void,
  ) {}

  get isFresh(): boolean {
    return this.freshness.isFresh
  }

  take(record: KnownRun): void {
    for (const { run, state } of this.runs.merge(record).ended) if (state !== 'live') this.onEnded([run.id], state)
  }

  list(): Standing[] {
    return [...this.runs.all()]
  }

  find(id: string): Standing | null {
    return this.runs.find(id)
  }

  findByToken(token: string): Standing | null {
    return this.runs.findByToken(token)
  }

  findByKey(fingerprint: string): Standing | null {
    return this.runs.findByKey(fingerprint)
  }

  isLive(standing: Standing): boolean {
    return standing.state === 'live' && Number(standing.run.expiresAt) > this.clock.wallUs()
  }

  expire(): void {
    const now = this.clock.wallUs()
    for (const { id } of this.runs.liveOnes(({ expiresAt }) => Number(expiresAt) <= now)) {
      this.runs.end(id, 'expired')
      this.onEnded([id], 'expired')
    }
  }

  isOperator(tokenHash: string): boolean {
    return this.freshness.isFresh && this.freshness.beat?.operatorHash === tokenHash
  }
}
