import type { AlertQueue } from '../contract/index.ts'
import { type LivedAlert, summaryOfAlert } from './alert-answer.ts'
import type { TenantAlerts } from './tenant-alerts.ts'

/** @param hasContent without it sentences name no values */
export async function queueOf(alerts: TenantAlerts, budget: number, nowUs: number, hasContent: boolean): Promise<AlertQueue> {
  const { ranked, heldBack, openTotal } = await alerts.queue(budget, nowUs)
  const told = (alert: LivedAlert) => summaryOfAlert(alert, hasContent)
  return { ranked: ranked.map(told), budget, heldBack: heldBack.map(told), openTotal }
}
