import { describe, expect, it } from 'vitest'
import { ExportSearch, exportOf, exportParams } from './export-search.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

describe('the address of an export', () => {
  it('is about what it names, and else about a period', () => {
    expect([{ chain: 'c' }, { run: 'r' }, {}, { chain: 'c', of: 'run' as const }].map(exportOf)).toEqual(['chain', 'run', 'period', 'run'])
  })

  it('asks for nothing until a chain or a run is chosen', () => {
    expect(exportParams({ of: 'chain' }, NOW, false)).toBeNull()
    expect(exportParams({ chain: 'c' }, NOW, false)).toEqual({ chain: 'c' })
  })

  it('fixes a period to two moments', () => {
    expect(exportParams({}, NOW, false)).toEqual({ from: '2026-11-19T12:00:00.000Z', to: '2026-11-20T12:00:00.000Z' })
  })

  it('reveals no secret where only metadata goes', () => {
    expect(exportParams({ run: 'r', metadata: '1' }, NOW, true)).toEqual({ run: 'r', metadata: '1' })
    expect(exportParams({ run: 'r', format: 'tar' }, NOW, true)).toEqual({ run: 'r', reveal: '1', format: 'tar' })
  })

  it('opens whatever else somebody wrote into it', () => {
    expect(ExportSearch.parse({ of: 'everything', format: 'zip', metadata: 'yes', run: 'r' })).toEqual({ run: 'r' })
  })
})
