import type { Hop } from '@hoptrace/api'

const ORDER = ['critical', 'high', 'medium', 'low', 'informational'] as const

/** The most severe first; of those alike, in the order given. */
export function bySeverity(alerts: Hop['alerts']): Hop['alerts'] {
  return alerts.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
}

/** The most severe of the alerts that rest on a hop; null when none does. */
export function worstAlert(alerts: Hop['alerts']): Hop['alerts'][number] | null {
  return bySeverity(alerts)[0] ?? null
}
