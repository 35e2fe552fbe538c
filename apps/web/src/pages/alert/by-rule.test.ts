import type { AlertFinding, Severity } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { byRule } from './by-rule.ts'

const aFinding = (rule: string, severity: Severity, sentence: string) =>
  ({ rule: { id: rule, title: rule, revision: '', tags: [] }, severity, sentence }) as unknown as AlertFinding

describe('findings by rule', () => {
  it('come with the most severe rule first, and of one rule in their order', () => {
    const findings = [
      aFinding('seen', 'low', '1'),
      aFinding('path', 'high', '2'),
      aFinding('seen', 'low', '3'),
      aFinding('opened', 'critical', '4'),
    ]
    expect(byRule(findings).map((group) => group.map(({ sentence }) => sentence))).toEqual([['4'], ['2'], ['1', '3']])
  })

  it('keep the order of time between rules that are as severe', () => {
    const findings = [aFinding('b', 'medium', '1'), aFinding('a', 'medium', '2')]
    expect(byRule(findings).map(([first]) => first?.rule.id)).toEqual(['b', 'a'])
  })
})
