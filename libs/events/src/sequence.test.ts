import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GENESIS_HASH } from './chain.ts'
import { type Link, MAX_FINDINGS, walkSequence } from './sequence.ts'

const hashAt = (seq: number, fork = '') => (seq < 0 ? GENESIS_HASH : `hash ${seq}${fork}`)
const link = (seq: number, over: Partial<Link> = {}): Link => ({
  seq,
  hash: hashAt(seq),
  prevHash: hashAt(seq - 1),
  type: 'terminal.output',
  ...over,
})
const session = (events: number): Link[] => {
  const links = Array.from({ length: events }, (_, seq) => link(seq))
  return [...links, link(events, { type: 'session.ended' })]
}

describe('walkSequence', () => {
  it('calls a gapless, chained, ended session complete', () => {
    expect(walkSequence(session(3), 3)).toEqual({
      completeness: 'complete',
      events: 4,
      lastSeq: 3,
      missing: [],
      conflicts: [],
      declaredGaps: [],
    })
  })

  it('calls a gapless session without an end unfinished', () => {
    expect(walkSequence([link(0), link(1)], null).completeness).toBe('unfinished')
  })

  it('calls a session that went on after its end unfinished', () => {
    expect(walkSequence([...session(1), link(2)], null).completeness).toBe('unfinished')
  })

  it('shows a session of which nothing arrived as missing whole', () => {
    expect(walkSequence([], 4)).toMatchObject({ completeness: 'gap', missing: [[0, 4]], events: 0 })
  })

  it('shows a lost tail by what the heartbeat expected', () => {
    expect(walkSequence([link(0), link(1)], 5)).toMatchObject({ completeness: 'gap', missing: [[2, 5]] })
  })

  it('passes over an event that was delivered twice', () => {
    expect(walkSequence([link(0), link(0), link(1), link(1)], null)).toMatchObject({ events: 2, conflicts: [] })
  })

  it('shows two contents under one seq, and lets the session go on from either', () => {
    for (const fork of ['', ' forged']) {
      const events = [link(0), link(1), link(1, { hash: hashAt(1, ' forged') }), link(2, { prevHash: hashAt(1, fork) })]
      expect(walkSequence(events, null)).toMatchObject({ completeness: 'conflict', conflicts: [1] })
    }
  })

  it('shows an event that does not chain to the one before it', () => {
    expect(walkSequence([link(0), link(1, { prevHash: 'other' })], null)).toMatchObject({ completeness: 'conflict', conflicts: [1] })
  })

  it('shows a first event that claims a past', () => {
    expect(walkSequence([link(0, { prevHash: 'other' })], null)).toMatchObject({ conflicts: [0] })
  })

  it('counts what the recording itself declares as not recorded', () => {
    const events = [link(0), link(1, { type: 'recording.gap' }), link(2, { type: 'session.ended' })]
    expect(walkSequence(events, null)).toMatchObject({ completeness: 'gap', declaredGaps: [1] })
  })

  it('bounds its findings', () => {
    const events = Array.from({ length: 3 * MAX_FINDINGS }, (_, i) => link(2 * i))
    expect(walkSequence(events, null).missing).toHaveLength(MAX_FINDINGS)
  })

  it('names exactly the seqs that were taken out', () => {
    const runs = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.uniqueArray(fc.integer({ min: 0, max: 60 })))
    fc.assert(
      fc.property(runs, ([events, removed]) => {
        const whole = session(events)
        const kept = whole.filter(({ seq }) => !removed.includes(seq))
        const report = walkSequence(kept, events)
        const named = report.missing.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
        expect(named).toEqual(whole.map(({ seq }) => seq).filter((seq) => removed.includes(seq)))
        expect(report.completeness).toBe(named.length > 0 ? 'gap' : 'complete')
      }),
    )
  })
})
