import { z } from 'zod'
import type { Store } from '../store.ts'
import { AlertResponseColumn, AlertSeverityColumn } from './alert-content.ts'
import { inBatches } from './key-batches.ts'

export const AlertActionRow = z.object({
  /** The alert as it was addressed then. */
  alertId: z.string(),
  /** From 1. */
  revision: z.int(),
  id: z.string(),
  kind: z.enum(['acknowledge', 'close', 'reopen', 'assign', 'note']),
  /** Microseconds since the epoch. */
  atUs: z.int(),
  by: z.string(),
  subject: z.string(),
  /** Of close: true-positive, benign, false-positive, duplicate; empty otherwise. */
  reason: z.string(),
  /** Of assign; null: nobody. */
  assignee: z.string().nullable(),
  note: z.string(),
  /** What the alert was then; empty where nobody noted it. */
  severity: AlertSeverityColumn.or(z.literal('')),
  response: AlertResponseColumn.or(z.literal('')),
})
export type AlertActionRow = z.infer<typeof AlertActionRow>

/** `id`: a UUID of the caller's making. */
export type NewAlertAction = Omit<AlertActionRow, 'alertId' | 'revision'>

/** `conflict`: somebody else's action is there; `revision` is the alert's as it is now. */
export type Appended = { kind: 'appended'; revision: number } | { kind: 'conflict'; revision: number }

// Of two actions under one revision the lesser (at, id) counts, whichever was stored first.
const SELECT = `SELECT toString(alert_id) AS alertId, revision, toString(alert_actions.id) AS id, kind,
    toUnixTimestamp64Micro(alert_actions.at) AS atUs, by, subject, reason, assignee, note, severity, response
  FROM alert_actions WHERE tenant = {tenant:String} AND toString(alert_id) IN (SELECT arrayJoin({ids:Array(String)}))
  ORDER BY alertId, revision, atUs, id LIMIT 1 BY alertId, revision`

/** What people did with alerts. */
export class AlertActions {
  constructor(private readonly store: Store) {}

  /**
   * Of these ids together, oldest first: an alert's own, and those that lead to it (`Alerts.aliases`).
   * An action that lost against another is not among them.
   */
  async list(tenant: string, ids: readonly string[]): Promise<AlertActionRow[]> {
    const rows = await inBatches(ids, (batch) =>
      this.store.query({ name: 'alertActions.list', sql: SELECT, params: { tenant, ids: batch }, row: AlertActionRow }),
    )
    return rows.sort((a, b) => a.atUs - b.atUs || a.revision - b.revision || (a.id < b.id ? -1 : 1))
  }

  /** The revision of an alert under its own id; 0 where nothing was done yet. */
  async revision(tenant: string, id: string): Promise<number> {
    const rows = await this.list(tenant, [id])
    return rows.reduce((greatest, { revision }) => Math.max(greatest, revision), 0)
  }

  /**
   * Adds an action where the alert still is at the revision that the caller saw. Of two at once one is told of the conflict: it
   * reads its own action back, and finds the other's.
   * @param id an alert that stands by itself
   */
  async append(tenant: string, id: string, seen: number, action: NewAlertAction): Promise<Appended> {
    const before = await this.revision(tenant, id)
    if (before !== seen) return { kind: 'conflict', revision: before }
    const revision = seen + 1
    await this.store.insert('alert_actions', [insertOf(tenant, { ...action, alertId: id, revision })])
    const rows = await this.list(tenant, [id])
    const winner = rows.find((row) => row.revision === revision)
    if (winner?.id === action.id) return { kind: 'appended', revision }
    return { kind: 'conflict', revision: rows.reduce((greatest, row) => Math.max(greatest, row.revision), revision) }
  }
}

function insertOf(tenant: string, row: AlertActionRow): object {
  const { alertId: alert_id, atUs, ...own } = row
  return { tenant, alert_id, at: String(atUs), ...own }
}
