import { describe, expect, it } from 'vitest'
import { spansOf } from './spans.ts'

const HOUR_US = 3_600_000_000
const arrival = (sessionId: string, hour: number, tenant = 'default') => ({
  tenant,
  storedAt: '1',
  sessionId,
  firstTs: String(hour * HOUR_US),
  lastTs: String((hour + 1) * HOUR_US),
})

describe('spansOf', () => {
  it('joins arrivals that touch in event time, and names each session once', () => {
    expect(spansOf([arrival('b', 3), arrival('a', 1), arrival('a', 1)])).toEqual([
      { tenant: 'default', fromUs: HOUR_US, toUs: 4 * HOUR_US, sessions: ['a', 'b'] },
    ])
  })

  it('keeps an import of an old recording apart from what is live', () => {
    expect(spansOf([arrival('live', 9000), arrival('old', 1)]).map(({ sessions }) => sessions)).toEqual([['old'], ['live']])
  })

  it('keeps tenants apart', () => {
    expect(spansOf([arrival('a', 1, 'one'), arrival('b', 1, 'two')]).map(({ tenant }) => tenant)).toEqual(['one', 'two'])
  })
})
