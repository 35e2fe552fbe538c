import { describe, expect, it } from 'vitest'
import { isStale } from './changes.ts'

const ID = '01a1f890-bc5b-7531-be0f-620712aceccf'
const change = { kind: 'sessions' as const, at: '2026-11-20T12:00:00.000000Z', sessionIds: [ID], isTruncated: false }

describe('a change of sessions', () => {
  it('makes lists and the sessions that it names stale', () => {
    expect([['triage'], ['sessions', {}], ['sessions', ID, 'statements'], ['runs', {}]].map((key) => isStale(change, key))).toEqual([
      true,
      true,
      true,
      true,
    ])
  })
  it('leaves other sessions and the access log alone', () => {
    expect(
      [
        ['sessions', 'another', 'events'],
        ['access-log', {}],
        ['chains', {}],
      ].map((key) => isStale(change, key)),
    ).toEqual([false, false, false])
  })
  it('names every session when the server could not list them', () => {
    expect(isStale({ ...change, isTruncated: true }, ['sessions', 'another'])).toBe(true)
  })
})
