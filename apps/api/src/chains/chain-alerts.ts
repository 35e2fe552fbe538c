import { hopRef } from '@hoptrace/rules'
import { hopAlertOf, type LivedAlert } from '../alerts/alert-answer.ts'
import type { Hop } from '../contract/index.ts'

/** Hops with the alerts that rest on them. */
export function withAlerts(edges: readonly Hop[], alerts: readonly LivedAlert[], hasContent: boolean): Hop[] {
  const restingOn = alerts.map((alert) => ({
    told: hopAlertOf(alert, hasContent),
    refs: new Set(alert.row.content.findings.flatMap(({ anchor, refs }) => [anchor, ...refs])),
  }))
  return edges.map((hop) => ({ ...hop, alerts: restingOn.filter(({ refs }) => refs.has(hopRef(hop.id))).map(({ told }) => told) }))
}
