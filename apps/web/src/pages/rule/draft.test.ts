import { describe, expect, it } from 'vitest'
import { hindrance, needsBacktest, offsetOf } from './draft.ts'

const checked = { rules: [{ id: 'r', title: 'R', kind: 'detection' as const }], faults: [] }
const rule = { text: 'title: R', response: 'queue' as const, isEnabled: true }
const backtestOf = (days: number) => ({
  digest: 'd',
  range: { from: '2026-11-01T00:00:00.000000Z', to: new Date(Date.parse('2026-11-01T00:00:00Z') + days * 86_400_000).toISOString() },
  looked: { chains: 0, hops: 0, events: 0 },
  alerts: 0,
  pages: 0,
  perDay: [],
  samples: [],
  faults: [],
  isTruncated: false,
})

describe('saving a rule', () => {
  it('needs a change, and a text without faults', () => {
    expect(hindrance({ ...rule }, rule, checked, null)).toBe('Nothing was changed.')
    expect(hindrance({ ...rule, text: 'x' }, rule, undefined, null)).toMatch(/being checked/)
    expect(hindrance({ ...rule, text: 'x' }, rule, { rules: [], faults: [{ line: 1, column: 1, message: 'no' }] }, null)).toMatch(/faults/)
    expect(hindrance({ ...rule, isEnabled: false }, rule, checked, null)).toBeNull()
  })

  it('lets nobody be paged before a week of its pages was looked at, of this very text', () => {
    const paging = { ...rule, response: 'page' as const }
    expect(hindrance(paging, rule, checked, null)).toMatch(/run its backtest/)
    expect(hindrance(paging, rule, checked, { backtest: backtestOf(7), text: 'another' })).toMatch(/run its backtest/)
    expect(hindrance(paging, rule, checked, { backtest: backtestOf(1), text: rule.text })).toMatch(/a week/)
    expect(hindrance(paging, rule, checked, { backtest: backtestOf(7), text: rule.text })).toBeNull()
  })

  it('switches a rule that pages already without another look', () => {
    expect(needsBacktest({ text: 'a', response: 'page', isEnabled: true }, { text: 'a', response: 'page' })).toBe(false)
    expect(needsBacktest({ text: 'b', response: 'page', isEnabled: true }, { text: 'a', response: 'page' })).toBe(true)
  })
})

describe('a fault’s place', () => {
  it('is an offset in the text, and never past its line', () => {
    expect(offsetOf('ab\ncd\nef', 2, 2)).toBe(4)
    expect(offsetOf('ab\ncd', 2, 99)).toBe(5)
    expect(offsetOf('ab', 9, 1)).toBe(2)
  })
})
