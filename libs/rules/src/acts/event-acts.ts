import type { KnownEvent } from '@hoptrace/events'
import type { Act } from '../facts/facts.ts'

export type EventCounts = { commands: number; writes: number; rows: number; bytes: number }

/** What one event does, in the words that rules ask for; each once, in the order of `ACTS`. */
export function actsOfEvent(_event: KnownEvent): Act[] {
  return []
}

/** What one event adds to an access's counts. */
export function countsOfEvent(_event: KnownEvent): EventCounts {
  return { commands: 0, writes: 0, rows: 0, bytes: 0 }
}
