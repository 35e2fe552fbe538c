import { describe, expect, it } from 'vitest'
import { rulesInForce } from './rules-in-force.ts'

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const aRule = (n: number, more = '') => `title: rule ${n}
id: ${id(n)}
logsource: { product: hoptrace, category: event }
detection: { selection: { type: ssh.exec }, condition: selection }
${more}`
const shipped = [1, 2].map((n) => ({ name: `${n}.yml`, text: aRule(n, 'response: queue') }))
const saved = (n: number, over: object) => ({ ruleId: id(n), text: '', response: null, isEnabled: true, ...over })
const titles = (rules: readonly { title: string }[]) => rules.map(({ title }) => title)

describe('the rules in force', () => {
  it('are those that come with Hoptrace, as a tenant switched them, and its own', () => {
    const { rules } = rulesInForce(shipped, [
      saved(1, { isEnabled: false }),
      saved(2, { response: 'page' }),
      saved(3, { text: aRule(3), response: 'log' }),
      saved(4, { text: aRule(4), isEnabled: false }),
    ])
    expect(titles(rules)).toEqual(['rule 2', 'rule 3'])
    expect(rules.map(({ document }) => document.response)).toEqual(['page', 'log'])
  })

  it('leave out what is faulty, or refers to what is not there, and say so', () => {
    const lost = `title: lost\ncorrelation: { type: event_count, rules: [nobody], timespan: 5m, condition: { gte: 2 } }\n`
    const { rules, problems, conflicts } = rulesInForce(shipped, [saved(3, { text: 'title: [' }), saved(4, { text: lost })])
    expect(titles(rules)).toEqual(['rule 1', 'rule 2'])
    expect(problems).toMatchObject([{ file: id(3) }])
    expect(conflicts).toMatchObject([{ message: 'there is no rule "nobody"' }])
  })
})
