import type { Presented } from '../access/access-control.ts'
import { RunsNotPublishedError } from '../access/runs-writer.ts'
import type { Callers } from './callers.ts'
import { Problem } from './problem.ts'
import type { RunBook, RunView } from './run-book.ts'
import type { RunDesk } from './run-desk.ts'
import type { RunService } from './run-service.ts'

/** Where other gateways learn of runs; null where there are no others. */
export type Publication = {
  /** The gateway that has taken over. */
  readonly supersededBy: { gatewayId: string; epoch: number } | null
  /** @throws RunsNotPublishedError */
  published(withinMs: number): Promise<void>
} | null

const PUBLISHED_WITHIN_MS = 3000

/** The runs of this gateway's own log. */
export class WrittenRuns implements RunService {
  constructor(
    private readonly desk: RunDesk,
    private readonly book: RunBook,
    private readonly callers: Callers,
    private readonly publication: Publication,
  ) {}

  async start(body: unknown, presented: Presented): Promise<{ run: RunView; token: string }> {
    this.requireWriting()
    const started = this.desk.start(body, this.callers.require(presented))
    // The token is nowhere else: it is handed out even when other gateways learn of it later.
    await this.publication?.published(PUBLISHED_WITHIN_MS).catch(() => undefined)
    return started
  }

  async revoke(id: string, reason: string, presented: Presented): Promise<string[]> {
    this.requireWriting()
    const revoked = this.desk.revoke(id, reason, this.callers.require(presented))
    try {
      await this.publication?.published(PUBLISHED_WITHIN_MS)
    } catch (error) {
      if (error instanceof RunsNotPublishedError) throw new Problem(503, 'revocation-not-published', NOT_PUBLISHED)
      throw error
    }
    return revoked
  }

  async list(presented: Presented): Promise<RunView[]> {
    return this.book.list(this.callers.require(presented))
  }

  async show(id: string, presented: Presented): Promise<RunView> {
    return this.book.show(id, this.callers.require(presented))
  }

  private requireWriting(): void {
    const by = this.publication?.supersededBy
    if (!by) return
    const message = `the runs are written by gateway ${by.gatewayId} since epoch ${by.epoch}: ask it, and let this one follow it`
    throw new Problem(503, 'not-the-writer', message)
  }
}

const NOT_PUBLISHED =
  'the run is revoked here and for good, but the broker has not taken it: other gateways hear of it when it does, and let nobody in once they have heard nothing for 5 s'
