import type { EventPublisher } from '@hoptrace/bus'
import { type EventBody, EventChain } from '@hoptrace/events'
import type { Me } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'
import { PerTenant } from '../tenancy/per-tenant.ts'

type Viewed = EventBody<'recording.viewed'>
export type View = Omit<Viewed, 'viewer' | 'subject'>

export type ViewLogClock = {
  /** Microseconds since the epoch. */
  wallUs(): bigint
  /** Monotonic microseconds since the api started. */
  elapsedUs(): number
}

/** The same metadata seen again by the same viewer within this time is one view: pages refresh themselves. */
const SAME_VIEW_US = 60_000_000
const MAX_REMEMBERED = 10_000
const MAX_OWN_STREAMS = 10_000

/** Records who viewed what, in the api's own event streams, one a tenant. Nothing is shown that is not recorded first. */
export class ViewLog {
  private readonly chains: PerTenant<EventChain>
  private readonly ownStreams = new Set<string>()
  private unpublished: Buffer[] = []
  private publishing: Promise<void> = Promise.resolve()
  private readonly seen = new Map<string, number>()

  /** @param newStream gives the UUIDv7 of a stream; gateways have one a boot too */
  constructor(
    private readonly publisher: EventPublisher,
    private readonly clock: ViewLogClock,
    gatewayId: string,
    newStream: () => string,
  ) {
    const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
    this.chains = new PerTenant((tenant) => {
      const sessionId = newStream()
      if (this.ownStreams.size >= MAX_OWN_STREAMS) this.ownStreams.clear()
      this.ownStreams.add(sessionId)
      return new EventChain({ tenant, gatewayId, bootId: sessionId, ...nobody, sessionId })
    })
  }

  /** Is this the stream of views that this process writes for some tenant? */
  isOwnStream(sessionId: string): boolean {
    return this.ownStreams.has(sessionId)
  }

  /**
   * Resolves once the view is recorded.
   * @throws ProblemError RECORDING_UNAVAILABLE when that is not known; the caller then shows nothing
   */
  async record(me: Me, view: View): Promise<void> {
    const viewed = viewedBy(me, view)
    if (!view.isContent && this.wasJustSeen(me, viewed)) return
    await this.write(me, viewed)
    this.remember(me, viewed)
  }

  /** As `record`, of what somebody does: each time counts. @throws ProblemError RECORDING_UNAVAILABLE; the caller then does nothing */
  act(me: Me, view: View): Promise<void> {
    return this.write(me, viewedBy(me, view))
  }

  /** As `act`, of what must not wait for it: a run is revoked while the bus is away too. What could not be recorded now is later. */
  async note(me: Me, view: View): Promise<void> {
    await this.act(me, view).catch(() => undefined)
  }

  private async write(me: Me, viewed: Viewed): Promise<void> {
    const at = { wallUs: this.clock.wallUs(), elapsedUs: this.clock.elapsedUs() }
    this.unpublished.push(this.chains.of(me.tenant).next('recording.viewed', viewed, at))
    const published = this.publishing.then(() => this.publish())
    this.publishing = published.catch(() => undefined)
    try {
      await published
    } catch {
      throw new ProblemError('RECORDING_UNAVAILABLE')
    }
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

  private wasJustSeen(me: Me, view: Viewed): boolean {
    const seenAt = this.seen.get(keyOf(me, view))
    return seenAt !== undefined && this.clock.elapsedUs() - seenAt < SAME_VIEW_US
  }

  private remember(me: Me, view: Viewed): void {
    if (view.isContent) return
    if (this.seen.size >= MAX_REMEMBERED) this.seen.clear()
    this.seen.set(keyOf(me, view), this.clock.elapsedUs())
  }
}

function keyOf({ tenant, subject }: Me, view: Viewed): string {
  return JSON.stringify([tenant, subject, view.resource, view.id, view.span])
}

function viewedBy({ name, subject }: Me, { isRevealed, digest, ...view }: View): Viewed {
  const who = { viewer: bounded(name), subject: bounded(subject) }
  const what = { ...view, id: bounded(view.id), span: bounded(view.span) }
  return { ...who, ...what, ...(isRevealed ? { isRevealed } : {}), ...(digest === undefined ? {} : { digest }) }
}

function bounded(text: string): string {
  return text.toWellFormed().slice(0, 1024)
}
