import { actionColumns, actionRows, alertColumns, alertRows, deliveryColumns, deliveryRows } from './evidence/alerts.ts'
import { baselineColumns, baselineRows } from './evidence/baselines.ts'
import { accessColumns, accessRows, chainColumns, chainRows, hopColumns, hopRows } from './evidence/chains.ts'
import { grantColumns, grantsOf, revocationColumns, revocationsOf } from './evidence/grants.ts'
import { ruleColumns, ruleRows, suppressionColumns, suppressionRows } from './evidence/rules.ts'
import { shippedColumns, shippedRows } from './evidence/shipped-rules.ts'
import { viewColumns, viewRows } from './evidence/views.ts'
import type { PackageOptions } from './package.ts'
import { runColumns, runsOf } from './population/runs.ts'
import { unrecordedColumns, unrecordedOf } from './population/unrecorded.ts'
import type { Table } from './tables.ts'

/** The tables of an export that are read once and written, in the order in which they stand in it. Sessions and refusals are read again. */
export function tablesOf({ store, scope, requester, madeAtUs }: PackageOptions): Table[] {
  return [
    { path: 'population/runs', columns: runColumns, rows: runsOf(store, requester, scope, madeAtUs) },
    { path: 'population/unrecorded', columns: unrecordedColumns, rows: unrecordedOf(store, requester, scope, madeAtUs) },
    { path: 'grants', columns: grantColumns, rows: grantsOf(store, requester, scope, madeAtUs) },
    { path: 'revocations', columns: revocationColumns, rows: revocationsOf(store, requester, scope, madeAtUs) },
    { path: 'chains/chains', columns: chainColumns, rows: chainRows(store, requester, scope) },
    { path: 'chains/accesses', columns: accessColumns, rows: accessRows(store, requester, scope) },
    { path: 'chains/hops', columns: hopColumns, rows: hopRows(store, requester, scope) },
    { path: 'alerts/alerts', columns: alertColumns, rows: alertRows(store, requester, scope) },
    { path: 'alerts/actions', columns: actionColumns, rows: actionRows(store, requester, scope) },
    { path: 'alerts/deliveries', columns: deliveryColumns, rows: deliveryRows(store, requester, scope) },
    { path: 'alerts/suppressions', columns: suppressionColumns, rows: suppressionRows(store, requester, scope) },
    { path: 'rules/rule-versions', columns: ruleColumns, rows: ruleRows(store, requester, madeAtUs) },
    { path: 'rules/shipped-rules', columns: shippedColumns, rows: shippedRows() },
    { path: 'rules/baselines', columns: baselineColumns, rows: baselineRows(store, requester, scope) },
    ...(requester.hasAudit ? [{ path: 'views', columns: viewColumns, rows: viewRows(store, requester, scope, madeAtUs) }] : []),
  ]
}
