import { describe, expect, it } from 'vitest'
import { ownCopy } from './own-copy.ts'

function ids() {
  let last = 0
  return () => `0000000${++last}-0000-4000-8000-000000000000`
}

describe('a copy of a rule', () => {
  it('has an id and a name of its own', () => {
    expect(ownCopy('title: A\nid: aaaa-bb\nname: reads\nlevel: low\n', ids())).toBe(
      'title: A\nid: 00000001-0000-4000-8000-000000000000\nname: reads_00000002\nlevel: low\n',
    )
  })

  it('keeps together what belongs together, and leaves alone what stands elsewhere', () => {
    const text = 'name: one\n---\ncorrelation:\n  rules:\n    - one\n    - elsewhere\n  group-by: [one.two]\n'
    expect(ownCopy(text, ids())).toBe(
      'name: one_00000001\n---\ncorrelation:\n  rules:\n    - one_00000001\n    - elsewhere\n  group-by: [one.two]\n',
    )
  })

  it('takes no member further down for the rule’s own', () => {
    expect(ownCopy('detection:\n  id: kept\n', ids())).toBe('detection:\n  id: kept\n')
  })
})
