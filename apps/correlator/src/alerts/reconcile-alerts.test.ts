import type { StoredAlert } from '@hoptrace/store'
import { describe, expect, it } from 'vitest'
import type { DesiredAlert } from './alert-rows.ts'
import { reconcileAlerts } from './reconcile-alerts.ts'

type Finding = DesiredAlert['content']['findings'][number]

function aFinding(anchor: string, over: Partial<Finding> = {}): Finding {
  const rule = { id: 'r-1', title: 'A rule', revision: 'now', tags: [] }
  const at = { session: 's', seq: 1, tsUs: 5, ms: 0 }
  return { rule, severity: 'high', response: 'queue', anchor, at, access: null, refs: [], sentence: '', ...over }
}

function anAlert(id: string, findings: Finding[]): DesiredAlert {
  const content = { findings, reach: { targets: [], writes: 0, rows: 0, bytes: 0 }, rotate: [], weakest: null, baseline: null }
  const who = { principal: null, rootPrincipal: null, runs: [], targets: [], protocols: [], rules: ['r-1'] }
  return { id, chainId: 'c', severity: 'high', response: 'queue', sentence: '', ...who, firstTs: 5, lastTs: 5, content }
}

const stored = (alert: DesiredAlert, over: Partial<StoredAlert> = {}): StoredAlert => ({
  ...alert,
  raisedAtMs: 10,
  redirectTo: null,
  isDeleted: false,
  version: 3,
  ...over,
})
const by = { nowMs: 99, isPresent: ({ revision }: Finding['rule']) => revision === 'now' }

describe('alerts in the store', () => {
  it('are raised once, and written only when something changed', () => {
    const alert = anAlert('a', [aFinding('hop:1')])
    expect(reconcileAlerts([alert], { alerts: [], redirects: [] }, by)).toMatchObject({
      rows: [{ version: 1, raisedAtMs: 99 }],
      raised: [{ id: 'a' }],
    })
    expect(reconcileAlerts([alert], { alerts: [stored(alert)], redirects: [] }, by)).toMatchObject({ rows: [], raised: [] })
    const grown = { ...alert, sentence: 'more' }
    const { rows, raised } = reconcileAlerts([grown], { alerts: [stored(alert)], redirects: [] }, by)
    expect([rows, raised]).toMatchObject([[{ version: 4, raisedAtMs: 10, sentence: 'more' }], []])
  })

  it('lead to the alert that took their findings over, which was raised when they were', () => {
    const old = stored(anAlert('a', [aFinding('hop:1')]))
    const behind = stored(anAlert('x', []), { redirectTo: 'a' })
    const heir = anAlert('b', [aFinding('hop:0'), aFinding('hop:1')])
    const { rows, raised } = reconcileAlerts([heir], { alerts: [old], redirects: [behind] }, by)
    expect(rows).toMatchObject([
      { id: 'b', raisedAtMs: 10, redirectTo: null, version: 1 },
      { id: 'a', redirectTo: 'b', isDeleted: false, version: 4 },
      { id: 'x', redirectTo: 'b', version: 4 },
    ])
    expect(raised).toEqual([])
  })

  it('follow their access where it was linked otherwise', () => {
    const old = stored(anAlert('a', [aFinding('hop:1', { access: 's' })]))
    const { rows } = reconcileAlerts([anAlert('b', [aFinding('hop:2', { access: 's' })])], { alerts: [old], redirects: [] }, by)
    expect(rows.map(({ id, redirectTo }) => [id, redirectTo])).toEqual([
      ['b', null],
      ['a', 'b'],
    ])
  })

  it('are gone where nothing is left of them, and come back under their id', () => {
    const alert = anAlert('a', [aFinding('hop:1')])
    const [gone] = reconcileAlerts([], { alerts: [stored(alert)], redirects: [] }, by).rows
    expect(gone).toMatchObject({ isDeleted: true, redirectTo: null, version: 4 })
    const back = reconcileAlerts([alert], { alerts: gone ? [gone] : [], redirects: [] }, by)
    expect(back).toMatchObject({ rows: [{ isDeleted: false, version: 5, raisedAtMs: 10 }], raised: [] })
  })

  it('stay where the rule that found them was changed or switched off since', () => {
    const rule = { id: 'r-1', title: 'A rule', revision: 'before', tags: [] }
    const old = stored(anAlert('a', [aFinding('hop:1', { rule })]))
    expect(reconcileAlerts([], { alerts: [old], redirects: [] }, by).rows).toEqual([])
  })
})
