import { describe, expect, it } from 'vitest'
import { aStoredAlert } from '../testing/stored-alert.ts'
import { summaryOfAlert } from './alert-answer.ts'
import { detailOfAlert } from './alert-detail.ts'

const alert = { row: aStoredAlert(1), actions: [], suppression: null }
const parts = { alert, words: new Map(), owners: {}, open: { sessions: [], liveRuns: [] }, deliveries: [] }

describe('an alert without the right to content', () => {
  it('says who, by which rule and where, and no value that flowed', () => {
    expect(summaryOfAlert(alert, true).sentence).toContain('hunter2')
    expect(summaryOfAlert(alert, false).sentence).toBe('agent-1, on behalf of ana: A host in an answer, then reached: orders → bastion')
    expect(JSON.stringify(detailOfAlert({ ...parts, hasContent: false }))).not.toContain('hunter2')
  })

  it('prints nothing that it was given to print', () => {
    const row = { ...alert.row, principal: 'evil\u001b[2J\u202e' }
    expect(summaryOfAlert({ ...alert, row }, false).sentence).not.toMatch(/[\u001b\u202e]/)
  })
})
