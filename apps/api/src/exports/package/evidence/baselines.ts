import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'
import { aboutOf } from './alerts.ts'

export const baselineColumns = ['baseline', 'runs', 'days', 'isWarm', 'alerts', 'firstAlert'] as const

const Row = z.object({
  baseline: z.string(),
  // Not by the names of columns: a condition would mean these.
  ofRuns: z.int(),
  ofDays: z.int(),
  isWarm: z.union([z.boolean(), z.int()]).transform(Boolean),
  alerts: z.int(),
  firstAlert: z.string(),
})

/** What "first seen" rested on in the alerts of an export: each baseline that one of them is pinned to, as it was then. */
export async function* baselineRows(
  store: Store,
  { tenant }: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof baselineColumns)[number]>> {
  const about = aboutOf(scope)
  const rows = store.stream({
    name: 'api.package.baselines',
    sql: `SELECT JSONExtractString(content, 'baseline', 'id') AS baseline, JSONExtractInt(content, 'baseline', 'runs') AS ofRuns,
        JSONExtractInt(content, 'baseline', 'days') AS ofDays, JSONExtractBool(content, 'baseline', 'isWarm') AS isWarm,
        toInt64(count()) AS alerts, toString(argMin(alerts.id, (first_ts, alerts.id))) AS firstAlert
      FROM alerts FINAL WHERE tenant = {tenant:String} AND ${about.sql} AND baseline != ''
      GROUP BY baseline, ofRuns, ofDays, isWarm ORDER BY baseline, ofRuns, ofDays, isWarm`,
    params: { tenant, ...about.params },
    row: Row,
  })
  for await (const { ofRuns: runs, ofDays: days, ...row } of rows) yield { ...row, runs, days }
}
