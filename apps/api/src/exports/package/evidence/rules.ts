import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { instant } from '../../instant.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const ruleColumns = ['rule', 'version', 'revision', 'at', 'by', 'response', 'isEnabled', 'isCounted', 'text'] as const
export const suppressionColumns = [
  'suppression',
  'rule',
  'principal',
  'target',
  'reason',
  'owner',
  'createdBy',
  'createdAt',
  'until',
  'liftedBy',
  'liftedAt',
] as const

const Version = z.object({
  rule: z.string(),
  version: z.int(),
  revision: z.string(),
  us: z.string(),
  by: z.string(),
  response: z.string().nullable(),
  isEnabled: z.boolean(),
  isCounted: z.union([z.boolean(), z.int()]).transform(Boolean),
  text: z.string(),
})

/** Every version of every rule that the tenant wrote or switched before the export was made: what was in force at any time follows from it. */
export async function* ruleRows(
  store: Store,
  { tenant }: Requester,
  madeAtUs: number,
): AsyncGenerator<TableRow<(typeof ruleColumns)[number]>> {
  const rows = store.stream({
    name: 'api.package.ruleVersions',
    sql: `SELECT rule_id AS rule, version, revision, toString(toUnixTimestamp64Micro(v.at)) AS us, by, nullIf(toString(response), '') AS response,
        is_enabled AS isEnabled, row_number() OVER (PARTITION BY rule_id, version ORDER BY v.at, toString(v.id)) = 1 AS isCounted, text
      FROM rule_versions AS v FINAL WHERE tenant = {tenant:String} AND v.at < fromUnixTimestamp64Micro({madeAtUs:Int64}, 'UTC')
      ORDER BY rule, version, v.at, v.id`,
    params: { tenant, madeAtUs },
    row: Version,
  })
  for await (const { us, ...row } of rows) yield { ...row, at: instant(us) }
}

const Suppression = z.object({
  suppression: z.string(),
  rule: z.string().nullable(),
  principal: z.string().nullable(),
  target: z.string().nullable(),
  reason: z.string(),
  owner: z.string(),
  createdBy: z.string(),
  createdUs: z.string(),
  untilUs: z.string(),
  liftedBy: z.string().nullable(),
  liftedUs: z.string().nullable(),
})

/** Of what nobody was told in the span, and why. */
export async function* suppressionRows(
  store: Store,
  { tenant }: Requester,
  { span }: Scope,
): AsyncGenerator<TableRow<(typeof suppressionColumns)[number]>> {
  const rows = store.stream({
    name: 'api.package.suppressions',
    sql: `SELECT toString(s.id) AS suppression, rule, principal, target, reason, owner, created_by AS createdBy,
        toString(toUnixTimestamp64Micro(created_at)) AS createdUs, toString(toUnixTimestamp64Micro(until)) AS untilUs, lifted_by AS liftedBy,
        toString(toUnixTimestamp64Micro(lifted_at)) AS liftedUs
      FROM suppressions AS s FINAL WHERE tenant = {tenant:String} AND created_at < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
        AND least(until, ifNull(lifted_at, until)) >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC')
      ORDER BY created_at, suppression`,
    params: { tenant, ...span },
    row: Suppression,
  })
  for await (const { createdUs, untilUs, liftedUs, ...row } of rows) {
    yield { ...row, createdAt: instant(createdUs), until: instant(untilUs), liftedAt: liftedUs && instant(liftedUs) }
  }
}
