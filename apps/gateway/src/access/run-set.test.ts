import { describe, expect, it } from 'vitest'
import { type KnownRun, RunSet, tokenHashOf } from './run-set.ts'

const idOf = (n: number) => `019aa0c0-0000-7000-8000-${String(n).padStart(12, '0')}`

function aRun(n: number, over: Partial<KnownRun> & { parents?: number[]; startedAt?: string } = {}): KnownRun {
  const { parents = [], startedAt = String(n), ...rest } = over
  const run = {
    id: idOf(n),
    principal: 'agent-a',
    rootPrincipal: 'agent-a',
    lineage: parents.map(idOf),
    agent: null,
    task: '',
    owner: '',
    grants: [],
    startedAt,
    expiresAt: '9000000000000000',
  }
  return { run, tokenHash: tokenHashOf(`token-${n}`), keyFingerprint: null, state: 'live', ...rest }
}

function afterMerging(...records: KnownRun[]): RunSet {
  const set = new RunSet()
  for (const record of records) set.merge(record)
  return set
}

describe('records of runs', () => {
  it('end a run for good, in whatever order they come', () => {
    const states = ['live', 'expired', 'revoked'] as const
    for (const first of states)
      for (const second of states) {
        const set = afterMerging(aRun(1, { state: first }), aRun(1, { state: second }))
        const last = states[Math.max(states.indexOf(first), states.indexOf(second))]
        expect(set.findByToken('token-1')?.state).toBe(last)
      }
  })

  it.each([
    ['before', [aRun(1, { state: 'revoked' }), aRun(2, { parents: [1] }), aRun(3, { parents: [1, 2] })]],
    ['after', [aRun(1), aRun(2, { parents: [1] }), aRun(3, { parents: [1, 2] }), aRun(1, { state: 'revoked' })]],
  ])('revoke who descends from a revoked run, heard of %s it', (_, records) => {
    const set = afterMerging(...records)
    expect([1, 2, 3].map((n) => set.find(idOf(n))?.state)).toEqual(['revoked', 'revoked', 'revoked'])
    expect(set.liveOnes(() => true)).toEqual([])
  })

  it('tell of each end once', () => {
    const set = afterMerging(aRun(1), aRun(2, { parents: [1] }))
    const ended = set.merge(aRun(1, { state: 'revoked' })).ended
    expect(ended.map(({ run }) => run.id)).toEqual([idOf(1), idOf(2)])
    expect(set.merge(aRun(1, { state: 'revoked' }))).toEqual({ isNew: false, ended: [] })
  })

  it('let a key prove the last run that was started with it, in whatever order they come', () => {
    const keyFingerprint = 'SHA256:key'
    const [old, young] = [aRun(1, { keyFingerprint, state: 'expired' }), aRun(2, { keyFingerprint })]
    for (const records of [
      [old, young],
      [young, old],
    ]) {
      expect(afterMerging(...records).findByKey(keyFingerprint)?.run.id).toBe(idOf(2))
    }
  })
})
