import type { AlertRow } from '@hoptrace/store'
import type { LivedAlert } from './alert-answer.ts'

const SEVERITIES: readonly AlertRow['severity'][] = ['critical', 'high', 'medium', 'low', 'informational']
const RESPONSES: readonly AlertRow['response'][] = ['page', 'queue', 'log']

/** What a reader is asked to look at, and what is left for when there is time: nothing is left out of both. */
export type RankedAlerts = { ranked: LivedAlert[]; heldBack: LivedAlert[] }

/**
 * Most urgent first: paging ones, then by severity, then newest. What is suppressed, or only logged, takes no place of the budget.
 * @param budget alerts a day that one reader is asked to look at
 */
export function rankAlerts(alerts: readonly LivedAlert[], budget: number): RankedAlerts {
  const sorted = [...alerts].sort(byUrgency)
  const ranked = sorted.filter(isAsked).slice(0, budget)
  const shown = new Set(ranked)
  const rest = sorted.filter((alert) => !shown.has(alert))
  return { ranked, heldBack: [...rest.filter(isAsked), ...rest.filter((alert) => !isAsked(alert))] }
}

function isAsked({ row, suppression }: LivedAlert): boolean {
  return suppression === null && row.response !== 'log'
}

function byUrgency({ row: a }: LivedAlert, { row: b }: LivedAlert): number {
  return (
    RESPONSES.indexOf(a.response) - RESPONSES.indexOf(b.response) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.firstTs - a.firstTs ||
    (a.id < b.id ? -1 : 1)
  )
}
