import { describe, expect, it } from 'vitest'
import { aRun, arrows, aSession, link } from '../testing.ts'

const parent = aSession({ id: 'parent', at: 0 })

describe('delegation', () => {
  it('links an access of a child run to the last access of the run that minted it', () => {
    const child = aSession({ id: 'child', at: 5, run: 'run-2', lineage: ['run-1'] })
    expect(arrows(link([aSession({ id: 'older', at: -5, until: -4 }), parent, child], { runs: [aRun('run-2', 4, ['run-1'])] }))).toEqual([
      'parent>child delegation',
    ])
  })

  it('does not link to what the parent reached after the mint', () => {
    const child = aSession({ id: 'child', at: 5, run: 'run-2', lineage: ['run-1'] })
    expect(arrows(link([parent, aSession({ id: 'later', at: 4 }), child], { runs: [aRun('run-2', 3, ['run-1'])] }))).toEqual([
      'parent>child delegation',
    ])
  })

  it('goes up to the grandparent when the parent run reached nothing', () => {
    const child = aSession({ id: 'child', at: 5, run: 'run-3', lineage: ['run-1', 'run-2'] })
    expect(arrows(link([parent, child], { runs: [aRun('run-2', 1, ['run-1']), aRun('run-3', 2, ['run-1', 'run-2'])] }))).toEqual([
      'parent>child delegation',
    ])
  })

  it('adds to a value that flowed from an earlier access of the same parent, and prefers that access', () => {
    const reads = aSession({ id: 'reads', at: -5, until: -4, seen: [['answered', 'host', 'db.internal']] })
    const child = aSession({ id: 'child', at: 5, run: 'run-2', lineage: ['run-1'], seen: [['target', 'host', 'db.internal']] })
    const [hop] = link([reads, parent, child], { runs: [aRun('run-2', 4, ['run-1'])] })
    expect(hop?.fromAccess).toBe('reads')
    expect(hop?.evidence.map((each) => each.class)).toEqual(['delegation', 'target-flow', 'same-root'])
    expect(hop?.alternatives.map((each) => each.fromAccess)).toEqual(['parent'])
  })

  describe('of a run that has been somewhere already', () => {
    const child = { run: 'run-2', lineage: ['run-1'] }
    const runs = [aRun('run-2', 4, ['run-1'])]
    const first = aSession({ ...child, id: 'first', at: 5, seen: [['answered', 'host', 'db.internal', 6]] })
    const second = aSession({ ...child, id: 'second', at: 9, seen: [['target', 'host', 'db.internal']] })

    it('gives way to what the run itself was answered', () => {
      expect(arrows(link([parent, first, second], { runs }))).toEqual(['parent>first delegation', 'first>second target-flow'])
    })

    it('gives way to what the run itself named in a command', () => {
      const names = aSession({ ...child, id: 'first', at: 5, until: 30, seen: [['named', 'host', 'db.internal', 8]] })
      expect(arrows(link([parent, names, second], { runs }))).toEqual(['parent>first delegation', 'first>second pivot-command'])
    })

    it('is the lineage still, where nothing else leads there, and an alternative elsewhere', () => {
      const plain = aSession({ ...child, id: 'second', at: 9 })
      const hops = link([parent, first, plain], { runs })
      expect(arrows(hops)).toEqual(['parent>first delegation', 'parent>second delegation'])
      expect(hops.map(({ evidence }) => evidence[0]?.score)).toEqual([5000, 3000])
      const alternatives = link([parent, first, second], { runs })[1]?.alternatives
      expect(alternatives).toMatchObject([{ fromAccess: 'parent', class: 'delegation' }])
    })
  })

  it('does not link accesses of one run, nor of siblings', () => {
    const siblings = ['run-2', 'run-3'].map((run, at) => aSession({ id: run, at, run, lineage: ['run-1'] }))
    expect(link([...siblings, aSession({ id: 'again', at: 9, run: 'run-3', lineage: ['run-1'] })])).toEqual([])
  })
})
