import type { EventPublisher } from '@hoptrace/bus'
import { type EventBody, EventChain } from '@hoptrace/events'
import { ProblemError } from '../http/problem.ts'

export type View = EventBody<'recording.viewed'>

export type ViewLogClock = {
  /** Microseconds since the epoch. */
  wallUs(): bigint
  /** Monotonic microseconds since the api started. */
  elapsedUs(): number
}

/** The same metadata seen again by the same viewer within this time is one view: pages refresh themselves. */
const SAME_VIEW_US = 60_000_000
const MAX_REMEMBERED = 10_000

/** Records who viewed what, in the api's own event stream. Nothing is shown that is not recorded first. */
export class ViewLog {
  private readonly chain: EventChain
  private unpublished: Buffer[] = []
  private publishing: Promise<void> = Promise.resolve()
  private readonly seen = new Map<string, number>()

  /** @param bootId UUIDv7 of this process: the id of its event stream */
  constructor(
    private readonly publisher: EventPublisher,
    private readonly clock: ViewLogClock,
    stream: { tenant: string; gatewayId: string; bootId: string },
  ) {
    const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
    this.chain = new EventChain({ ...stream, ...nobody, sessionId: stream.bootId })
  }

  /**
   * Resolves once the view is recorded.
   * @throws ProblemError RECORDING_UNAVAILABLE when that is not known; the caller then shows nothing
   */
  async record(view: View): Promise<void> {
    if (!view.isContent && this.wasJustSeen(view)) return
    const at = { wallUs: this.clock.wallUs(), elapsedUs: this.clock.elapsedUs() }
    this.unpublished.push(this.chain.next('recording.viewed', bounded(view), at))
    const published = this.publishing.then(() => this.publish())
    this.publishing = published.catch(() => undefined)
    try {
      await published
    } catch {
      throw new ProblemError('RECORDING_UNAVAILABLE')
    }
    this.remember(view)
  }

  // One batch at a time and in order: what failed is published again before what came after it.
  private async publish(): Promise<void> {
    const batch = this.unpublished
    if (batch.length === 0) return
    this.unpublished = []
    try {
      await this.publisher.publish(batch)
    } catch (error) {
      this.unpublished = [...batch, ...this.unpublished]
      throw error
    }
  }

  private wasJustSeen(view: View): boolean {
    const seenAt = this.seen.get(keyOf(view))
    return seenAt !== undefined && this.clock.elapsedUs() - seenAt < SAME_VIEW_US
  }

  private remember(view: View): void {
    if (view.isContent) return
    if (this.seen.size >= MAX_REMEMBERED) this.seen.clear()
    this.seen.set(keyOf(view), this.clock.elapsedUs())
  }
}

function keyOf(view: View): string {
  return JSON.stringify([view.viewer, view.resource, view.id, view.span])
}

function bounded(view: View): View {
  return { ...view, id: view.id.toWellFormed().slice(0, 1024), span: view.span.toWellFormed().slice(0, 1024) }
}
