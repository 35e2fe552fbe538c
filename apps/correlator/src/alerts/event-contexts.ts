import type { KnownEvent } from '@hoptrace/events'
import { type AlertPolicy, contextsOf, doingOf, type EventContext } from '@hoptrace/rules'
import { EventContextReader, type Store } from '@hoptrace/store'

/** What rules are told of events besides what these say themselves: the agent, whether it was there before, how it was answered. */
export class EventContexts {
  private readonly reader: EventContextReader

  constructor(
    store: Store,
    private readonly policy: AlertPolicy,
  ) {
    this.reader = new EventContextReader(store)
  }

  /** In the order of the events. A handful of queries, however many they are. */
  async of(tenant: string, events: readonly KnownEvent[]): Promise<EventContext[]> {
    const requests = events.filter(({ type }) => type === 'kubernetes.request').map(({ sessionId, seq }) => ({ sessionId, seq }))
    return contextsOf(events, await this.reader.find(tenant, events.map(doingOf), requests), this.policy)
  }
}
