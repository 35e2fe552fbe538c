import { encoded, type StoredEvent } from './stored-event.ts'

/** One event a line, exactly as it was recorded, so that a stranger can follow the chain of hashes. */
export async function* renderJsonl(events: AsyncIterable<StoredEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${encoded(event)}\n`
}
