import { describe, expect, it } from 'vitest'
import { readRuleFile } from './rule-file.ts'

const RULE = `title: A pod with the host's files
id: 11111111-2222-4333-8444-555555555555
name: host_path_pod
status: test
logsource:
    product: kubernetes
    service: audit
detection:
    selection:
        verb: create
        objectRef.resource: pods
    condition: selection
level: high
response: queue
tags:
    - attack.t1611
custom_field: kept
`

const problemsOf = (text: string) => readRuleFile(text, 'a.yml').problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

describe('a file of rules', () => {
  it('gives each rule, compiled, with what others may call it', () => {
    const { rules, problems } = readRuleFile(`${RULE}---\n${CORRELATION}`, 'a.yml')
    expect(problems).toEqual([])
    expect(rules).toMatchObject([
      { kind: 'detection', name: 'host_path_pod', source: { product: 'kubernetes', service: 'audit' }, document: { custom_field: 'kept' } },
      { kind: 'correlation', title: 'Several such pods', document: { correlation: { 'group-by': ['user'], timespan: '5m' } } },
    ])
  })

  it.each<[string, string, string[]]>([
    [
      'a missing part',
      RULE.replace("title: A pod with the host's files\n", ''),
      ['1:1 title: Invalid input: expected string, received undefined'],
    ],
    [
      'an unknown search',
      RULE.replace('condition: selection', 'condition: selection and other'),
      ['12:30 detection.condition: there is no search "other"'],
    ],
    [
      'a quoted condition',
      RULE.replace('condition: selection', "condition: 'selection and other'"),
      ['12:31 detection.condition: there is no search "other"'],
    ],
    [
      'an unknown modifier',
      RULE.replace('verb: create', 'verb|nearly: create'),
      ['10:22 detection.selection.verb|nearly: there is no modifier "nearly"'],
    ],
    ['a bad value', RULE.replace('level: high', 'level: grave'), [expect.stringMatching(/^13:8 level: /)]],
    [
      'two faults',
      RULE.replace('level: high', 'level: grave').replace('status: test', 'status: new'),
      [expect.stringMatching(/^4:9 status/), expect.stringMatching(/^13:8 level/)],
    ],
    ['no YAML', 'title: [\n', [expect.stringMatching(/is not YAML/)]],
    ['no map', '- a\n', ['1:1 is no map of a rule']],
    ['a key that stands twice', `${RULE}title: again\n`, [expect.stringMatching(/^18:1 is not YAML: DUPLICATE_KEY/)]],
    ['a filter', 'title: x\nfilter:\n    rules: any\n', ['3:5 filters are not supported: write the exception into the rule']],
    [
      'an aggregation',
      RULE.replace('condition: selection', 'condition: selection | count() > 5'),
      ['12:26 detection.condition: aggregations behind a bar are obsolete: write a correlation'],
    ],
  ])('names %s by line and column', (_, text, problems) => expect(problemsOf(text)).toEqual(problems)) // prettier-ignore

  it.each<[string, string]>([
    ['a last document that is empty', `${RULE}---\n`],
    ['a date as it was written before', `${RULE}date: 2024/03/28\n`],
    ['fields that others add', `${RULE}author: somebody\nregression: x\n`],
  ])('takes %s', (_, text) => expect(problemsOf(text)).toEqual([]))

  it('keeps the rules beside one that is wrong', () => {
    const { rules, problems } = readRuleFile(`title: x\n---\n${RULE}`, 'a.yml')
    expect(rules.map(({ title }) => title)).toEqual(["A pod with the host's files"])
    expect(problems).toHaveLength(2)
  })

  it('is bounded in size, and in what its aliases unfold to', () => {
    expect(problemsOf('#'.repeat(2 * 1024 * 1024))).toEqual(['1:1 a file of rules has at most 1048576 characters'])
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, n) => `${name}: &${name} [${`*${'abcdefgh'[n]},`.repeat(10)}]`),
    ].join('\n')
    expect(problemsOf(bomb)).toEqual(['1:1 has too many aliases'])
  })
})

const CORRELATION = `title: Several such pods
correlation:
    type: event_count
    rules:
        - host_path_pod
    group-by:
        - user
    timespan: 5m
    condition:
        gte: 3
`

describe('a correlation', () => {
  it.each<[string, string, RegExp]>([
    ['an unknown kind', CORRELATION.replace('event_count', 'event_rate'), /^3:11 correlation.type: /],
    ['a bad timespan', CORRELATION.replace('5m', '5 minutes'), /^8:15 correlation.timespan: must be a number and s, m, h or d/],
    ['a timespan for which nobody waits', CORRELATION.replace('5m', '999999d'), /^8:15 correlation.timespan: must be 31d at most/],
    ['no condition', CORRELATION.replace(/ {4}condition:\n.*\n/, ''), /correlation.condition: event_count needs a condition/],
    ['no bound', CORRELATION.replace('gte: 3', 'field: user'), /correlation.condition: states no bound/],
    ['no field to count', CORRELATION.replace('event_count', 'value_count'), /value_count needs the field whose values it counts/],
  ])('names %s', (_, text, problem) => expect(problemsOf(text).join()).toMatch(problem))
})
