import { describe, expect, it } from 'vitest'
import { frozen, rangeParams, shownRange } from './time-range.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

describe('a time range', () => {
  it('is the last 24 hours, which the server knows, unless it says otherwise', () => {
    expect(rangeParams({}, NOW)).toEqual({})
  })
  it('leaves the end of a relative span open', () => {
    expect(rangeParams({ last: '1h' }, NOW)).toEqual({ from: '2026-11-20T11:00:00.000Z' })
  })
  it('is fixed by a copied link to what was shown', () => {
    const shown = { from: '2026-11-19T12:00:00.000000Z', to: '2026-11-20T12:00:00.000000Z' }
    expect(rangeParams(frozen({ last: '24h' }, shown), NOW)).toEqual(shown)
  })
  it('means two moments at any time', () => {
    expect(shownRange({ last: '1h' }, NOW)).toEqual({ from: '2026-11-20T11:00:00.000Z', to: '2026-11-20T12:00:00.000Z' })
    expect(shownRange({ to: '2026-11-02T00:00:00Z' }, NOW).from).toBe('2026-11-01T00:00:00.000Z')
  })
})
