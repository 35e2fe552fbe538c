import { describe, expect, it } from 'vitest'
import { AlertsSearch, alertChips, alertParams, toggledAlertChip, withoutAlertChips } from './alert-search.ts'

describe('the address of the alerts page', () => {
  it('opens with what it can read, whatever else somebody wrote into it', () => {
    expect(AlertsSearch.parse({ state: ['open', 'nonsense'], severity: 'fatal', rule: 'r-1', last: '7d' })).toEqual({
      state: ['open'],
      severity: undefined,
      rule: 'r-1',
      last: '7d',
    })
  })

  it('shows one chip a value', () => {
    const search = AlertsSearch.parse({ state: ['open', 'acknowledged'], target: 'orders' })
    expect(alertChips(search)).toEqual([
      { field: 'state', value: 'open' },
      { field: 'state', value: 'acknowledged' },
      { field: 'target', value: 'orders' },
    ])
  })

  it('adds a value beside others, and takes it away again', () => {
    const both = toggledAlertChip({ severity: ['high'] }, { field: 'severity', value: 'critical' })
    expect(both.severity).toEqual(['high', 'critical'])
    expect(toggledAlertChip(both, { field: 'severity', value: 'high' }).severity).toEqual(['critical'])
    expect(toggledAlertChip({ severity: ['high'] }, { field: 'severity', value: 'high' }).severity).toBeUndefined()
  })

  it('replaces the value of a field that has one', () => {
    expect(toggledAlertChip({ principal: 'a' }, { field: 'principal', value: 'b' }).principal).toBe('b')
    expect(toggledAlertChip({ principal: 'b' }, { field: 'principal', value: 'b' }).principal).toBeUndefined()
  })

  it('keeps the time when the filters are cleared, and asks the api for filters only', () => {
    const search: AlertsSearch = { last: '7d', state: ['open'], run: 'x' }
    expect(withoutAlertChips(search)).toEqual({ last: '7d' })
    expect(alertParams(search)).toEqual({ state: ['open'], run: 'x' })
  })
})
