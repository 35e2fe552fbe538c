import { setTimeout as sleep } from 'node:timers/promises'
import type { EventPublisher } from '@hoptrace/bus'
import { decodeEvent, recordedTypeOf } from '@hoptrace/events'
import { SessionEvents, type Store } from '@hoptrace/store'
import type { ReplayAnswer } from '../contract/index.ts'

export type ReplayOptions = {
  /** How long to look for the event in the store. Default 10 s. */
  patienceMs?: number
  /** Default 100 ms. */
  everyMs?: number
}

/** Publishes dead letters again: after an upgrade, or once what was wrong with the store is put right. */
export class DeadLetterReplay {
  private readonly events: SessionEvents

  constructor(
    store: Store,
    private readonly publisher: EventPublisher,
    private readonly options: ReplayOptions = {},
  ) {
    this.events = new SessionEvents(store)
  }

  /**
   * Publishes the letter's very bytes where they are an event by now. Doing it again changes nothing.
   * @param tenant of whoever asks: another's events are not published for them
   */
  async replay(bytes: Buffer, tenant: string): Promise<ReplayAnswer> {
    const decoded = decodeEvent(bytes)
    if (decoded.kind === 'rejected') return { outcome: 'not-understood', reason: decoded.reason, at: decoded.at }
    const { event } = decoded
    if (event.tenant !== tenant) return { outcome: 'not-understood', reason: 'other-tenant', at: 'tenant' }
    await this.publisher.publish([bytes])
    const { sessionId, seq, hash } = event
    const outcome = (await this.isStored(tenant, sessionId, seq, hash)) ? 'stored' : 'published'
    return { outcome, sessionId, seq, type: recordedTypeOf(event) }
  }

  // Where the bus is another process, acknowledged means published.
  private async isStored(tenant: string, sessionId: string, seq: number, hash: string): Promise<boolean> {
    const { patienceMs = 10_000, everyMs = 100 } = this.options
    const deadline = performance.now() + patienceMs
    for (;;) {
      const rows = await this.events.find(tenant, sessionId, seq)
      if (rows.some((row) => row.hash === hash)) return true
      if (performance.now() >= deadline) return false
      await sleep(everyMs)
    }
  }
}
