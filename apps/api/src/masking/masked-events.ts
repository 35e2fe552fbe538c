import type { SessionEvent } from '@hoptrace/events'
import type { StoredEvent } from '../exports/index.ts'
import { contentOf } from './event-content.ts'
import { maskRecording } from './mask-recording.ts'
import { maskUnread } from './mask-unread.ts'

/** Stored events with their secrets hidden. One that held none keeps its very bytes; every one keeps the hash that was recorded. */
export async function* maskedEvents(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
  const contents = new WeakMap<SessionEvent, string>()
  const bare = async function* () {
    for await (const { event, content } of events) {
      contents.set(event, content)
      yield event
    }
  }
  for await (const event of maskRecording(bare())) {
    const recorded = contents.get(event)
    const { shown: content, masked } = recorded === undefined ? { shown: contentOf(event), masked: 1 } : maskUnread(recorded, event)
    yield { event, content, hash: event.hash, ...(masked > 0 ? { isMasked: true } : {}) }
  }
}
