import { describe, expect, it } from 'vitest'
import { byUrgency } from './by-urgency.ts'

const aRule = (title: string, response: 'page' | 'queue' | 'log', severity: 'high' | 'low', isEnabled = true) => ({
  ...{ title, response, severity, isEnabled },
})

describe('the list of rules', () => {
  it('begins with who wakes somebody and ends with what is off', () => {
    const rules = [
      aRule('off', 'page', 'high', false),
      aRule('b', 'queue', 'low'),
      aRule('wakes', 'page', 'low'),
      aRule('a', 'queue', 'low'),
      aRule('bad', 'queue', 'high'),
    ]
    expect(byUrgency(rules).map(({ title }) => title)).toEqual(['wakes', 'bad', 'a', 'b', 'off'])
  })
})
