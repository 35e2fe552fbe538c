import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRuleFile } from './document/rule-file.ts'
import type { RuleRecord } from './record.ts'
import { type Finding, RuleSet } from './rule-set.ts'

const detection = (name: string, selection: string) => `title: ${name}
name: ${name}
logsource:
    product: hoptrace
    category: event
detection:
    selection:
        type: ${selection}
    condition: selection
`

const correlation = (name: string, type: string, rules: string[], more: string) => `title: ${name}
name: ${name}
correlation:
    type: ${type}
    rules: [${rules.join(', ')}]
    timespan: 10s
${more.replace(/^/gm, '    ')}
`

const LOGIN = detection('login', 'login')
const DENIED = detection('denied', 'denied')

function setOf(...documents: string[]) {
  const { rules, problems } = readRuleFile(documents.join('---\n'), 'rules.yml')
  expect(problems).toEqual([])
  return RuleSet.of(rules)
}

/** A record at so many seconds. */
function at(seconds: number, type: string, fields: Record<string, unknown> = { user: 'ana' }): RuleRecord {
  return { ref: `${type}@${seconds}`, tsUs: seconds * 1e6, source: { product: 'hoptrace', category: 'event' }, fields: { type, ...fields } }
}

const said = ({ rule, anchor, refs, group }: Finding) => [rule.title, anchor, refs.length, Object.values(group).join()]
function feed(set: RuleSet, records: readonly RuleRecord[]) {
  return records.flatMap((record) => set.push(record)).map(said)
}

describe('rules over single records', () => {
  it('look at their own log source alone', () => {
    const { set } = setOf(LOGIN)
    const elsewhere = { ...at(1, 'login'), source: { product: 'kubernetes', service: 'audit' } }
    expect(feed(set, [at(1, 'login'), at(2, 'other'), elsewhere])).toEqual([['login', 'login@1', 1, '']])
  })
})

describe('event_count', () => {
  const many = (condition: string) =>
    setOf(DENIED, correlation('many', 'event_count', ['denied'], `group-by: [user]\ncondition: {${condition}}`)).set

  it('holds as soon as there are enough within its timespan, group by group', () => {
    const records = [at(0, 'denied'), at(5, 'denied'), at(6, 'denied', { user: 'bo' }), at(10, 'denied'), at(21, 'denied')]
    expect(feed(many('gte: 3'), records)).toEqual([['many', 'denied@0', 3, 'ana']])
  })

  it('keeps its anchor while it grows, so that one thing stays one', () => {
    const records = [0, 4, 8, 9, 12, 30, 31, 32].map((seconds) => at(seconds, 'denied'))
    expect(feed(many('gt: 2'), records)).toEqual([
      ['many', 'denied@0', 3, 'ana'],
      ['many', 'denied@0', 4, 'ana'],
      ['many', 'denied@0', 4, 'ana'],
      ['many', 'denied@30', 3, 'ana'],
    ])
  })

  it('waits for the end of its timespan where more could make it false', () => {
    const few = many('gte: 1, lte: 2')
    expect(feed(few, [at(0, 'denied'), at(9, 'denied'), at(100, 'denied'), at(101, 'denied'), at(102, 'denied')])).toEqual([
      ['many', 'denied@0', 2, 'ana'],
    ])
    expect(few.advance(200e6).map(said)).toEqual([])
    feed(few, [at(300, 'denied')])
    expect(few.advance(309e6)).toEqual([])
    expect(few.advance(311e6).map(said)).toEqual([['many', 'denied@300', 1, 'ana']])
  })

  it('leaves out what has no value to group by', () => {
    expect(feed(many('gte: 1'), [at(0, 'denied', {})])).toEqual([])
  })
})

describe('value_count', () => {
  it('counts different values', () => {
    const { set } = setOf(DENIED, correlation('fan', 'value_count', ['denied'], 'group-by: [user]\ncondition: {field: target, gte: 3}'))
    const records = ['a', 'b', 'a', 'c'].map((target, n) => at(n, 'denied', { user: 'ana', target }))
    expect(feed(set, records)).toEqual([['fan', 'denied@0', 4, 'ana']])
  })
})

describe('temporal correlations', () => {
  const both = (type: string) => setOf(LOGIN, DENIED, correlation('both', type, ['denied', 'login'], 'group-by: [user]')).set

  it('want each rule, in any order', () => {
    expect(feed(both('temporal'), [at(0, 'login'), at(3, 'denied')])).toEqual([['both', 'login@0', 2, 'ana']])
    expect(feed(both('temporal'), [at(0, 'login'), at(11, 'denied')])).toEqual([])
    expect(feed(both('temporal'), [at(0, 'login'), at(1, 'denied', { user: 'bo' })])).toEqual([])
  })

  it('want them in their order, where they are ordered', () => {
    expect(feed(both('temporal_ordered'), [at(0, 'login'), at(3, 'denied')])).toEqual([])
    expect(feed(both('temporal_ordered'), [at(0, 'login'), at(3, 'denied'), at(4, 'login')])).toEqual([['both', 'login@0', 3, 'ana']])
  })

  it('group by fields that the rules call differently', () => {
    const aliases = 'group-by: [who]\naliases:\n    who:\n        denied: user\n        login: account'
    const { set } = setOf(LOGIN, DENIED, correlation('both', 'temporal', ['denied', 'login'], aliases))
    expect(feed(set, [at(0, 'denied', { user: 'ana' }), at(1, 'login', { user: 'x', account: 'ana' })])).toEqual([
      ['both', 'denied@0', 2, 'ana'],
    ])
  })

  it('chain: one may rest on another', () => {
    const { set } = setOf(
      LOGIN,
      DENIED,
      correlation('many', 'event_count', ['denied'], 'group-by: [user]\ncondition: {gte: 2}'),
      correlation('then', 'temporal_ordered', ['many', 'login'], 'group-by: [user]'),
    )
    expect(feed(set, [at(0, 'denied'), at(1, 'denied'), at(2, 'login')])).toEqual([['then', 'denied@0', 2, 'ana']])
  })
})

describe('a set of rules', () => {
  it('is quiet about rules that a correlation rests on, unless it says otherwise', () => {
    const loud = correlation('many', 'event_count', ['denied'], 'group-by: [user]\ncondition: {gte: 2}\ngenerate: true')
    expect(feed(setOf(DENIED, loud).set, [at(0, 'denied'), at(1, 'denied')]).map(([title]) => title)).toEqual(['denied', 'denied', 'many'])
  })

  it('leaves out what refers to nothing, to itself, or to what was left out, and names that are taken', () => {
    const count = 'condition: {gte: 2}'
    const { conflicts } = setOf(
      LOGIN,
      LOGIN,
      correlation('lost', 'event_count', ['absent'], count),
      correlation('on_lost', 'event_count', ['lost'], count),
      correlation('a', 'event_count', ['b'], count),
      correlation('b', 'event_count', ['a'], count),
    )
    expect(conflicts.map(({ rule, message }) => `${rule.name}: ${message}`)).toEqual([
      'login: another rule is called "login"',
      'lost: there is no rule "absent"',
      'on_lost: "lost" cannot be used',
      'b: refers to itself by "a"',
      'a: "b" cannot be used',
    ])
  })

  it('is bounded: what was touched longest ago goes, and is counted', () => {
    const { rules } = readRuleFile(
      [DENIED, correlation('many', 'event_count', ['denied'], 'group-by: [user]\ncondition: {gte: 2}')].join('---\n'),
      'r',
    )
    const { set } = RuleSet.of(rules, { groups: 2, records: 5 })
    expect(
      feed(
        set,
        ['a', 'b', 'a', 'c', 'b'].map((user, n) => at(n, 'denied', { user })),
      ),
    ).toEqual([['many', 'denied@0', 2, 'a']])
    expect(set.evicted).toBe(2)
  })

  it('takes each record in the same time, however many a window holds', () => {
    for (const type of ['value_count', 'event_count', 'temporal_ordered', 'temporal'] as const) {
      const condition = type.endsWith('count') ? 'condition: {field: target, gte: 9000}' : ''
      const { set } = setOf(DENIED, LOGIN, correlation('all', type, type.endsWith('count') ? ['denied'] : ['denied', 'login'], condition))
      for (let n = 0; n < 20_000; n++) set.push(at(n / 10_000, 'denied', { target: n }))
      expect(set.evicted).toBe(10_000)
    }
  })

  it('tells of a large window by its first records and its newest', () => {
    const { set } = setOf(DENIED, correlation('many', 'event_count', ['denied'], 'condition: {gte: 1000}'))
    const found = Array.from({ length: 1001 }, (_, n) => set.push({ ...at(n / 1000, 'denied'), ref: `r${n}` })).flat()
    expect(found.map(({ refs }) => [refs.length, refs[0], refs.at(-1)])).toEqual([
      [256, 'r0', 'r999'],
      [256, 'r0', 'r1000'],
    ])
  })

  it('finds an order within its timespan, whatever else comes between', () => {
    const step = fc.record({ gap: fc.integer({ min: 0, max: 4 }), rule: fc.constantFrom('denied', 'login', 'other') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const other = detection('other', 'other')
        const { set } = setOf(DENIED, LOGIN, other, correlation('o', 'temporal_ordered', ['denied', 'login', 'other'], ''))
        const all: { second: number; rule: string }[] = []
        for (const { gap, rule } of steps) {
          const second = (all.at(-1)?.second ?? 0) + gap
          all.push({ second, rule })
          const inside = all.filter((each) => each.second >= second - 10).map((each) => each.rule)
          const isThere = /d.*l.*o/.test(inside.map(([first]) => first).join(''))
          expect(set.push(at(second, rule)).some((found) => found.rule.name === 'o')).toBe(isThere)
        }
      }),
      { numRuns: 300, seed: 2026 },
    )
  })

  it('finds the same whenever it is told how far time has come', () => {
    const documents = [
      DENIED,
      LOGIN,
      correlation('many', 'event_count', ['denied'], 'group-by: [user]\ncondition: {gte: 3}'),
      correlation('few', 'event_count', ['login'], 'group-by: [user]\ncondition: {eq: 2}'),
      correlation('both', 'temporal_ordered', ['denied', 'login'], 'group-by: [user]'),
    ]
    const record = fc.record({
      gap: fc.integer({ min: 0, max: 8 }),
      type: fc.constantFrom('denied', 'login'),
      user: fc.constantFrom('a', 'b'),
    })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), fc.infiniteStream(fc.boolean()), (steps, told) => {
        const secondsAt = (n: number) => steps.slice(0, n + 1).reduce((sum, { gap }) => sum + gap, 0)
        const records = steps.map(({ type, user }, n) => at(secondsAt(n), type, { user }))
        const run = (isTold: () => boolean) => {
          const { set } = setOf(...documents)
          const found = records.flatMap((each) => [...(isTold() ? set.advance(each.tsUs) : []), ...set.push(each)])
          return [...found, ...set.advance(1e12)].map((finding) => JSON.stringify(said(finding))).sort()
        }
        expect(run(() => told.next().value)).toEqual(run(() => false))
      }),
      { numRuns: 300, seed: 2026 },
    )
  })
})

describe('rules made to cost a lot', () => {
  const chained = (count: number) =>
    Array.from({ length: count }, (_, n) => correlation(`c${n}`, 'event_count', [n === 0 ? 'login' : `c${n - 1}`], 'condition: {gte: 1}'))

  it.each([
    ['upwards', (all: string[]) => all],
    ['downwards', (all: string[]) => all.reverse()],
  ])('are left out where they stand thousands below each other, written %s', (_, ordered) => {
    const { set, conflicts } = setOf(LOGIN, ...ordered(chained(3000)))
    expect(conflicts.length).toBeGreaterThan(2900)
    expect(set.push(at(1, 'login')).length).toBeLessThan(100)
  })

  it('find no more in one record than is bounded, and count the rest', () => {
    const layer = (n: number) => Array.from({ length: 30 }, (_, each) => `l${n}_${each}`)
    const layers = [1, 2, 3, 4, 5].flatMap((n) =>
      layer(n).map((name) => correlation(name, 'event_count', n === 1 ? ['login'] : layer(n - 1), 'generate: true\ncondition: {gte: 1}')),
    )
    const { set, conflicts } = setOf(LOGIN, ...layers)
    expect(conflicts).toEqual([])
    expect(set.push(at(1, 'login')).length).toBeLessThanOrEqual(10_000)
    expect(set.evicted).toBeGreaterThan(0)
  })
})
