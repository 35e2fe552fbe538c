import { canonicalJson } from '@hoptrace/events'
import type { AlertRow, StoredAlert } from '@hoptrace/store'
import type { DesiredAlert } from './alert-rows.ts'

/** What the store holds of the chains and hours that were judged; `redirects`: rows that lead to those. */
export type StoredAlerts = { alerts: readonly StoredAlert[]; redirects: readonly StoredAlert[] }

export type Judged = {
  /** Rows to write. */
  rows: StoredAlert[]
  /** Alerts that were not there before, under any id. */
  raised: AlertRow[]
  /** All that stand now. */
  standing: AlertRow[]
}

type Finding = AlertRow['content']['findings'][number]

export type JudgedBy = {
  /** Milliseconds since the epoch: says when an alert was raised, and decides nothing. */
  nowMs: number
  /** Is the rule in force, with this text? */
  isPresent: (rule: Finding['rule']) => boolean
}

/**
 * The rows by which the store says what it should. An alert that is no more leads to the one that took its findings over; where none
 * did it is gone. What a rule found that was changed or switched off since stays as it is. Pure.
 */
export function reconcileAlerts(
  desired: readonly DesiredAlert[],
  { alerts, redirects }: StoredAlerts,
  { nowMs, isPresent }: JudgedBy,
): Judged {
  const stored = new Map(alerts.map((row) => [row.id, row]))
  const wanted = new Map(desired.map((each) => [each.id, each]))
  const left = alerts.filter((row) => !wanted.has(row.id) && isLive(row))
  const heirs = new Map(left.map((row) => [row.id, heirOf(row, desired)]))
  const over = left.filter((row) => heirs.get(row.id) !== null || row.content.findings.every(({ rule }) => isPresent(rule)))
  const since = raisedSince(over, heirs)
  const raised: AlertRow[] = []
  const standing = [...wanted.values()].map((alert) => {
    const old = stored.get(alert.id)
    const row = { ...alert, raisedAtMs: Math.min(old?.raisedAtMs ?? nowMs, since.get(alert.id) ?? nowMs) }
    if (!old && !since.has(alert.id)) raised.push(row)
    return row
  })
  const rows = [
    ...standing.flatMap((row) => changed(row, stored.get(row.id))),
    ...over.map((row) => leftBehind(row, heirs.get(row.id) ?? null)),
    ...redirects.flatMap((row) => {
      const heir = row.redirectTo === null ? undefined : heirs.get(row.redirectTo)
      // What stood behind it leads on; to nothing, where nothing is left.
      return heir ? [{ ...row, redirectTo: heir, version: row.version + 1 }] : []
    }),
  ]
  return { rows, raised, standing }
}

function isLive({ isDeleted, redirectTo }: StoredAlert): boolean {
  return !isDeleted && redirectTo === null
}

// The alert that tells of the same first finding; else of any of them; else of the same access by the same rule.
function heirOf(row: StoredAlert, desired: readonly DesiredAlert[]): string | null {
  const wanted = row.content.findings
  const same = (a: Finding, b: Finding) => a.rule.id === b.rule.id && a.anchor === b.anchor
  const alike = (a: Finding, b: Finding) => a.rule.id === b.rule.id && a.access !== null && a.access === b.access
  for (const test of [same, alike]) {
    for (const finding of wanted) {
      const heir = desired.find(({ content }) => content.findings.some((each) => test(each, finding)))
      if (heir) return heir.id
    }
  }
  return null
}

function raisedSince(over: readonly StoredAlert[], heirs: ReadonlyMap<string, string | null>): Map<string, number> {
  const since = new Map<string, number>()
  for (const { id, raisedAtMs } of over) {
    const heir = heirs.get(id)
    if (heir) since.set(heir, Math.min(since.get(heir) ?? raisedAtMs, raisedAtMs))
  }
  return since
}

function leftBehind(row: StoredAlert, redirectTo: string | null): StoredAlert {
  return { ...row, redirectTo, isDeleted: redirectTo === null, version: row.version + 1 }
}

function changed(row: AlertRow, old: StoredAlert | undefined): StoredAlert[] {
  const now = { ...row, redirectTo: null, isDeleted: false, version: old?.version ?? 0 }
  return old && canonicalJson(now) === canonicalJson(old) ? [] : [{ ...now, version: now.version + 1 }]
}
