import type { Sighting } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { twoLists } from './two-lists.ts'

const aSighting = (role: Sighting['role'], seenAt: string): Sighting => ({
  at: { sessionId: '01a1f890-bc5b-7531-be0f-620712aceccf', seq: 1, ms: 0 },
  field: '',
  seenAt,
  role,
  type: 'sql.result',
  target: null,
  protocol: null,
  account: null,
  principal: null,
  rootPrincipal: null,
  run: null,
  isAccepted: null,
})

describe('the sightings of a value', () => {
  it('tell who saw it from who used it, each in time', () => {
    const { saw, used } = twoLists([
      aSighting('presented', '2026-11-20T10:00:03.000000Z'),
      aSighting('asked', '2026-11-20T10:00:02.000000Z'),
      aSighting('answered', '2026-11-20T10:00:01.000000Z'),
      aSighting('named', '2026-11-20T10:00:00.000000Z'),
    ])
    expect(saw.map(({ role }) => role)).toEqual(['answered', 'asked'])
    expect(used.map(({ role }) => role)).toEqual(['named', 'presented'])
  })
})
