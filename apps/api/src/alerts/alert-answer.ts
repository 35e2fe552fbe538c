import type { AlertActionRow, AlertDeliveryRow, AlertRow, SuppressionRow } from '@hoptrace/store'
import { lifeOf } from '@hoptrace/store'
import {
  type AlertAction,
  AlertAction as AlertActionSchema,
  type AlertDetail,
  type AlertSummary,
  type HopAlert,
} from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import { maskText } from '../masking/mask-text.ts'
import { toldSentence } from './alert-sentence.ts'

/** An alert with what people did with it under all its addresses, oldest first, and the suppression that covers it now. */
export type LivedAlert = { row: AlertRow; actions: readonly AlertActionRow[]; suppression: SuppressionRow | null }

/** @param hasContent without it the sentence names no value */
export function summaryOfAlert({ row, actions, suppression }: LivedAlert, hasContent: boolean): AlertSummary {
  const { id, severity, response, chainId, principal, rootPrincipal, runs, targets, protocols } = row
  const { state, assignee } = lifeOf(actions, row)
  return {
    ...{ id, severity, response, chainId, principal, rootPrincipal, runs, targets, protocols, state, assignee },
    sentence: toldSentence(row, titleOf(row), hasContent),
    firstAt: instantUs(row.firstTs),
    lastAt: instantUs(row.lastTs),
    raisedAt: instantUs(row.raisedAtMs * 1000),
    rules: rulesOf(row),
    revision: revisionOf(id, actions),
    suppressed: suppression && { id: suppression.id, reason: suppression.reason, until: instantUs(suppression.untilUs) },
  }
}

export function hopAlertOf(alert: LivedAlert, hasContent: boolean): HopAlert {
  const { id, severity, response, state, sentence } = summaryOfAlert(alert, hasContent)
  return { id, severity, response, state, sentence }
}

/** That of the alert's own address: what was done under others does not stand in its way. */
export function revisionOf(id: string, actions: readonly AlertActionRow[]): number {
  return actions.reduce((greatest, action) => (action.alertId === id ? Math.max(greatest, action.revision) : greatest), 0)
}

export function actionOf({ revision, atUs, by, kind, reason, assignee, note }: AlertActionRow): AlertAction {
  const closed = AlertActionSchema.shape.reason.safeParse(reason)
  return { revision, at: instantUs(atUs), by, kind, reason: closed.success ? closed.data : null, assignee, note: maskText(note) }
}

export function deliveryOf({ atMs, destination, outcome, attempts }: AlertDeliveryRow): AlertDetail['deliveries'][number] {
  return { at: instantUs(atMs * 1000), to: destination, outcome, attempts }
}

export function instantUs(us: number): string {
  return instantOf(BigInt(us))
}

function rulesOf({ content }: AlertRow): AlertSummary['rules'] {
  return [...new Map(content.findings.map(({ rule: { id, title } }) => [id, { id, title }])).values()]
}

// The sentence is that of the most severe finding, the first of them.
function titleOf({ content, severity }: AlertRow): string {
  const told = content.findings.find((finding) => finding.severity === severity) ?? content.findings[0]
  return told?.rule.title ?? 'an alert'
}
