import { type AlertDeliveryRow, type AlertRow, RESPONSES, SEVERITIES, type SuppressionRow, suppressionOf } from '@hoptrace/store'
import type { Destination } from './destination.ts'

/** What is known of an alert beside itself: what was told of it, under every id that leads to it. */
export type Told = { alert: AlertRow; deliveries: readonly AlertDeliveryRow[] }

/** Which alerts are to be told where now: urgent enough, covered by no suppression, and not told yet as being as severe and as urgent. Pure. */
export function dueDeliveries(
  tenant: string,
  told: readonly Told[],
  destinations: readonly Pick<Destination, 'name' | 'from' | 'tenants'>[],
  suppressions: readonly SuppressionRow[],
): { alert: AlertRow; destination: string }[] {
  return told.flatMap(({ alert, deliveries }) => {
    if (suppressionOf(alert, suppressions)) return []
    return destinations
      .filter(({ from, tenants }) => isUrgent(alert, from) && (tenants === null || tenants.includes(tenant)))
      .filter(({ name }) => !deliveries.some((each) => each.destination === name && isAsMuch(each, alert)))
      .map(({ name: destination }) => ({ alert, destination }))
  })
}

// What was not noted of a delivery is taken to have been said.
function isAsMuch({ severity, response }: AlertDeliveryRow, alert: AlertRow): boolean {
  if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(alert.severity)) return false
  return response === '' || RESPONSES.indexOf(response) >= RESPONSES.indexOf(alert.response)
}

/** Is it at least as urgent as this? */
export function isUrgent({ response }: Pick<AlertRow, 'response'>, from: AlertRow['response']): boolean {
  return RESPONSES.indexOf(response) >= RESPONSES.indexOf(from)
}
