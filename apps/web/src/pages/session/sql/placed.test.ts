import type { StatementItem, StatementResult } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { columnIndex, outcomeOf, placeOf } from './placed.ts'

const at = '2026-11-20T10:31:04.137000Z'

function aResult(seq: number, change: Partial<StatementResult> = {}): StatementResult {
  return {
    ...{ seq, ms: seq, at, statement: 0, index: 0, tag: 'SELECT 1', rows: 1, bytes: 0, durationUs: 0, error: null },
    ...{ columns: [], sample: [], transaction: 'idle', observables: [] },
    ...change,
  }
}

function aStatement(seq: number, ms: number, results: StatementResult[] = []): StatementItem {
  return {
    ...{ seq, ms, at, item: 'statement', text: 'SELECT 1', mode: 'simple', prepared: null, params: [], kind: 'SELECT', tables: [] },
    ...{ transaction: 'idle', state: results.length > 0 ? 'answered' : 'unanswered', results, durationMs: null, observables: [] },
  }
}

const items = [aStatement(2, 100, [aResult(3)]), aStatement(4, 900, [aResult(5), aResult(6, { index: 1, tag: 'SELECT 7' })])]

describe('a place in a SQL session', () => {
  it('is the statement that a seq names, or the answer inside it', () => {
    expect(placeOf(items, { seq: 4 })?.item.seq).toBe(4)
    expect(placeOf(items, { seq: 6 })?.result?.tag).toBe('SELECT 7')
  })
  it('is the last statement that had begun at a millisecond', () => {
    expect(placeOf(items, { ms: 899 })?.item.seq).toBe(2)
    expect(placeOf(items, { ms: 900 })?.item.seq).toBe(4)
  })
  it('is the first statement when nothing is named, and none in an empty session', () => {
    expect(placeOf(items, {})?.item.seq).toBe(2)
    expect(placeOf([], { seq: 4 })).toBeNull()
  })
})

describe('a statement in few words', () => {
  it('says its tag, or that no answer came', () => {
    expect([outcomeOf(aStatement(2, 0, [aResult(3)])), outcomeOf(aStatement(2, 0))]).toEqual(['SELECT 1', 'no answer'])
  })
})

describe('a column in an address', () => {
  const columns = [{ name: 'key' }, { name: '0' }]
  it('goes by name before number', () => {
    expect([columnIndex(columns, 'key'), columnIndex(columns, '0'), columnIndex(columns, '1')]).toEqual([0, 1, 1])
  })
  it('may name none', () => {
    expect([columnIndex(columns, 'gone'), columnIndex(columns, '9'), columnIndex(columns, undefined)]).toEqual([-1, -1, -1])
  })
})
