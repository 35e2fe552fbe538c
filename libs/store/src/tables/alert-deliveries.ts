import { z } from 'zod'
import type { Store } from '../store.ts'
import { AlertResponseColumn, AlertSeverityColumn } from './alert-content.ts'
import { inBatches } from './key-batches.ts'

/** That an alert was, or is to be, sent somewhere with the severity that it had: one row for each. */
export const AlertDeliveryRow = z.object({
  alertId: z.string(),
  destination: z.string(),
  severity: AlertSeverityColumn,
  /** That it had; empty where nobody noted it. */
  response: AlertResponseColumn.or(z.literal('')),
  outcome: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  /** Milliseconds since the epoch, by the correlator's clock. */
  atMs: z.int(),
  version: z.int(),
})
export type AlertDeliveryRow = z.infer<typeof AlertDeliveryRow>

const FROM = `SELECT tenant, toString(alert_id) AS alertId, destination, severity, response, outcome, attempts,
    toUnixTimestamp64Milli(alert_deliveries.at) AS atMs, version FROM alert_deliveries FINAL`

/** Which alert was sent where. One writer: the correlator. */
export class AlertDeliveries {
  constructor(private readonly store: Store) {}

  /** Oldest first. */
  async listByAlerts(tenant: string, ids: readonly string[]): Promise<AlertDeliveryRow[]> {
    const rows = await inBatches(ids, (batch) =>
      this.store.query({
        name: 'alertDeliveries.listByAlerts',
        sql: `${FROM} WHERE tenant = {tenant:String} AND toString(alert_id) IN (SELECT arrayJoin({ids:Array(String)}))`,
        params: { tenant, ids: batch },
        row: AlertDeliveryRow,
      }),
    )
    return rows.sort((a, b) => a.atMs - b.atMs || (a.destination < b.destination ? -1 : 1))
  }

  /** Of every tenant: what was begun and not ended, oldest first. */
  waiting(limit = 1000): Promise<(AlertDeliveryRow & { tenant: string })[]> {
    return this.store.query({
      name: 'alertDeliveries.waiting',
      sql: `${FROM} WHERE outcome = 'waiting' ORDER BY alert_deliveries.at, alert_id, destination LIMIT {limit:UInt32}`,
      params: { limit },
      row: AlertDeliveryRow.extend({ tenant: z.string() }),
    })
  }

  save(tenant: string, rows: readonly AlertDeliveryRow[]): Promise<void> {
    return this.store.insert(
      'alert_deliveries',
      rows.map(({ alertId: alert_id, atMs: at, ...own }) => ({ tenant, alert_id, at, ...own })),
    )
  }
}
