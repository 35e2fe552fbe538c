import { describe, expect, it } from 'vitest'
import { doneIn } from './done-in.ts'

const nothing = { reason: null, assignee: null }

describe('a step in an alert’s life', () => {
  it('reads as the end of a sentence', () => {
    expect(doneIn({ ...nothing, kind: 'acknowledge' })).toBe('acknowledged it')
    expect(doneIn({ ...nothing, kind: 'close', reason: 'false-positive' })).toBe('closed it as false positive')
    expect(doneIn({ ...nothing, kind: 'assign', assignee: 'mara' })).toBe('gave it to mara')
    expect(doneIn({ ...nothing, kind: 'assign' })).toBe('took its assignee away')
  })

  it('lets no control character of a name through', () => {
    expect(doneIn({ ...nothing, kind: 'assign', assignee: 'a\u202eb' })).not.toContain('\u202e')
  })
})
