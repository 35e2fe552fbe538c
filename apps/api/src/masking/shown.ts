import type { SessionEvent } from '@hoptrace/events'
import { type Masked, maskEvent } from './mask-event.ts'

/** What a viewer is shown of events that are looked at one by one, and how many secrets are hidden in it. */
export function shownOf(events: readonly SessionEvent[], isRevealed: boolean): Masked<SessionEvent[]> {
  if (isRevealed) return { shown: [...events], masked: 0 }
  const each = events.map(maskEvent)
  return { shown: each.map(({ shown }) => shown), masked: each.reduce((sum, { masked }) => sum + masked, 0) }
}
