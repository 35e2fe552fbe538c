import { describe, expect, it } from 'vitest'
import { outcomeSaid } from './outcome-said.ts'

describe('what came of acts on several alerts', () => {
  it('tells those that were done from those where somebody was quicker, and from those that failed', () => {
    expect(outcomeSaid([{ kind: 'done' }, { kind: 'done' }])).toBe('2 alerts done.')
    expect(outcomeSaid([{ kind: 'done' }, { kind: 'overtaken' }, { kind: 'failed', message: 'The store cannot be reached' }])).toBe(
      '1 alert done. 1 alert not touched: somebody else acted first. Look again. 1 alert failed: The store cannot be reached',
    )
  })

  it('says so when there was nothing to do', () => {
    expect(outcomeSaid([])).toMatch(/^Nothing to do/)
  })
})
