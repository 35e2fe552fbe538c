import type { Parameters, Store } from '@hoptrace/store'
import { z } from 'zod'
import { masked } from '../../../masking/mask-json.ts'
import { instant } from '../../instant.ts'
import { said } from '../population/runs.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const alertColumns = [
  'alert',
  'redirectTo',
  'isGone',
  'chain',
  'severity',
  'response',
  'sentence',
  'principal',
  'rootPrincipal',
  'runs',
  'targets',
  'protocols',
  'rules',
  'firstAt',
  'lastAt',
  'raisedAt',
  'version',
  'found',
] as const
export const actionColumns = ['alert', 'revision', 'at', 'by', 'subject', 'kind', 'reason', 'assignee', 'note', 'isCounted'] as const
export const deliveryColumns = ['alert', 'destination', 'severity', 'outcome', 'attempts', 'at'] as const

const Alert = z.object({
  alert: z.string(),
  redirectTo: z.string().nullable(),
  isGone: z.boolean(),
  chain: z.string().nullable(),
  severity: z.string(),
  response: z.string(),
  sentence: z.string(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  runs: z.array(z.string()),
  targets: z.array(z.string()),
  protocols: z.array(z.string()),
  rules: z.array(z.string()),
  firstUs: z.string(),
  lastUs: z.string(),
  raisedMs: z.int(),
  version: z.int(),
  content: z.string(),
})

/** Alerts about what an export is of, those that became part of another and those that nothing is left of too. */
export async function* alertRows(
  store: Store,
  requester: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof alertColumns)[number]>> {
  const about = aboutOf(scope)
  const rows = store.stream({
    name: 'api.package.alerts',
    sql: `SELECT toString(a.id) AS alert, nullIf(redirect_to, '') AS redirectTo, is_deleted AS isGone, nullIf(chain_id, '') AS chain, severity,
        response, sentence, principal, root_principal AS rootPrincipal, runs, targets, protocols, rules,
        toString(toUnixTimestamp64Micro(a.first_ts)) AS firstUs, toString(toUnixTimestamp64Micro(a.last_ts)) AS lastUs,
        toUnixTimestamp64Milli(raised_at) AS raisedMs, version, content
      FROM alerts AS a FINAL WHERE tenant = {tenant:String} AND ${about.sql} ORDER BY a.first_ts, alert`,
    params: { tenant: requester.tenant, ...about.params },
    row: Alert,
  })
  for await (const { firstUs, lastUs, raisedMs, version, content, sentence, ...row } of rows) {
    yield {
      ...row,
      sentence: said(sentence, requester),
      firstAt: instant(firstUs),
      lastAt: instant(lastUs),
      raisedAt: instant(String(raisedMs * 1000)),
      version,
      found: foundIn(content, requester),
    }
  }
}

const Action = z.object({
  alert: z.string(),
  revision: z.int(),
  us: z.string(),
  by: z.string(),
  subject: z.string(),
  kind: z.string(),
  reason: z.string(),
  assignee: z.string().nullable(),
  note: z.string(),
  isCounted: z.boolean(),
})

/** What people did with them. Of two at once one counts, and both stand here. */
export async function* actionRows(
  store: Store,
  requester: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof actionColumns)[number]>> {
  const about = aboutOf(scope)
  const rows = store.stream({
    name: 'api.package.alertActions',
    sql: `SELECT toString(alert_id) AS alert, revision, toString(toUnixTimestamp64Micro(c.at)) AS us, by, subject, kind, reason, assignee, note,
        row_number() OVER (PARTITION BY alert_id, revision ORDER BY c.at, toString(c.id)) = 1 AS isCounted
      FROM alert_actions AS c FINAL WHERE tenant = {tenant:String} AND alert_id IN (
        SELECT id FROM alerts FINAL WHERE tenant = {tenant:String} AND ${about.sql})
      ORDER BY c.at, alert, revision`,
    params: { tenant: requester.tenant, ...about.params },
    row: Action.extend({ isCounted: z.union([z.boolean(), z.int()]).transform(Boolean) }),
  })
  for await (const { us, note, ...row } of rows) yield { ...row, at: instant(us), note: said(note, requester) }
}

const Delivery = z.object({
  alert: z.string(),
  destination: z.string(),
  severity: z.string(),
  outcome: z.string(),
  attempts: z.int(),
  ms: z.int(),
})

export async function* deliveryRows(
  store: Store,
  { tenant }: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof deliveryColumns)[number]>> {
  const about = aboutOf(scope)
  const rows = store.stream({
    name: 'api.package.alertDeliveries',
    sql: `SELECT toString(alert_id) AS alert, destination, severity, outcome, attempts, toUnixTimestamp64Milli(d.at) AS ms
      FROM alert_deliveries AS d FINAL WHERE tenant = {tenant:String} AND alert_id IN (
        SELECT id FROM alerts FINAL WHERE tenant = {tenant:String} AND ${about.sql})
      ORDER BY d.at, alert, destination, severity`,
    params: { tenant, ...about.params },
    row: Delivery,
  })
  for await (const { ms, ...row } of rows) yield { ...row, at: instant(String(ms * 1000)) }
}

/** Which alerts are about what an export is of: a condition on `alerts`, and what it binds. */
export function aboutOf({ askedFor, span, members }: Scope): { sql: string; params: Parameters } {
  if (askedFor.kind === 'chain') return { sql: 'chain_id = {chain:String}', params: { chain: askedFor.id } }
  if (members !== null) return { sql: 'hasAny(runs, {runs:Array(UUID)})', params: { runs: [...members.runs] } }
  const sql = `last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND first_ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')`
  return { sql, params: { ...span } }
}

const Found = z.record(z.string(), z.unknown())

// What it rests on: findings with the rule's revision, the baseline, reach, credentials to rotate. Without content, the rules alone.
function foundIn(content: string, { hasContent, isRevealed }: Requester): Record<string, unknown> | null {
  const found = Found.safeParse(JSON.parse(content)).data
  if (!found) return null
  if (hasContent) return isRevealed ? found : Found.parse(masked(found))
  return Ruled.safeParse(found).data ?? null
}

const Ruled = z.object({
  findings: z.array(
    z.object({
      rule: z.object({ id: z.string(), title: z.string(), revision: z.string() }),
      severity: z.string(),
      response: z.string(),
      anchor: z.string(),
    }),
  ),
  baseline: z.unknown(),
})
