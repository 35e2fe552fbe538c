import { type AlertDeliveryRow, type AlertRow, type SuppressionRow, suppressionOf } from '@hoptrace/store'
import type { Destination } from './destination.ts'

const SEVERITIES: readonly AlertRow['severity'][] = ['informational', 'low', 'medium', 'high', 'critical']
const RESPONSES: readonly AlertRow['response'][] = ['log', 'queue', 'page']

/** What is known of an alert beside itself: what was told of it, under every id that leads to it. */
export type Told = { alert: AlertRow; deliveries: readonly AlertDeliveryRow[] }

/** Which alerts are to be told where now: urgent enough, covered by no suppression, and not told yet with this severity or a higher. Pure. */
export function dueDeliveries(
  tenant: string,
  told: readonly Told[],
  destinations: readonly Pick<Destination, 'name' | 'from' | 'tenants'>[],
  suppressions: readonly SuppressionRow[],
): { alert: AlertRow; destination: string }[] {
  return told.flatMap(({ alert, deliveries }) => {
    if (suppressionOf(alert, suppressions)) return []
    const rank = SEVERITIES.indexOf(alert.severity)
    return destinations
      .filter(({ from, tenants }) => isUrgent(alert, from) && (tenants === null || tenants.includes(tenant)))
      .filter(({ name }) => deliveries.every((each) => each.destination !== name || SEVERITIES.indexOf(each.severity) < rank))
      .map(({ name: destination }) => ({ alert, destination }))
  })
}

/** Is it at least as urgent as this? */
export function isUrgent({ response }: Pick<AlertRow, 'response'>, from: AlertRow['response']): boolean {
  return RESPONSES.indexOf(response) >= RESPONSES.indexOf(from)
}
