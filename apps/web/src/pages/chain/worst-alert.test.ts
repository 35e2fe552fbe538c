import type { Hop } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { worstAlert } from './worst-alert.ts'

const anAlert = (id: string, severity: Hop['alerts'][number]['severity']) => ({
  ...{ id, severity, response: 'queue' as const, state: 'open' as const, sentence: '' },
})

describe('the mark on a hop', () => {
  it('is of the most severe alert that rests on it', () => {
    expect(worstAlert([anAlert('a', 'medium'), anAlert('b', 'critical'), anAlert('c', 'high')])?.id).toBe('b')
    expect(worstAlert([])).toBeNull()
  })
})
