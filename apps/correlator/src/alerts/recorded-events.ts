import { KnownEvent } from '@hoptrace/events'
import type { RecordedActRow } from '@hoptrace/store'

/** A stored event. */
export type Recorded = { event: KnownEvent; row: RecordedActRow }

/** What is stored as events that this version knows; another's types are left out. */
export function recordedEvents(rows: readonly RecordedActRow[]): Recorded[] {
  return rows.flatMap((row) => {
    const event = readEvent(row)
    return event ? [{ event, row }] : []
  })
}

// The stored content is what the hash proves, without the hash itself.
function readEvent({ content, hash }: RecordedActRow): KnownEvent | null {
  try {
    return KnownEvent.safeParse({ ...Object(JSON.parse(content)), hash }).data ?? null
  } catch {
    return null
  }
}
