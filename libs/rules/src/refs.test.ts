import { describe, expect, it } from 'vitest'
import { readRuleFile } from './document/rule-file.ts'
import { chainRef, eventRef, hopRef, readRef } from './refs.ts'
import { ruleRevision } from './rule-revision.ts'

describe('references', () => {
  it('are read as they were made', () => {
    expect(readRef(hopRef('abc'))).toEqual({ kind: 'hop', id: 'abc' })
    expect(readRef(chainRef('abc'))).toEqual({ kind: 'chain', id: 'abc' })
    expect(readRef(eventRef('s-1', 42))).toEqual({ kind: 'event', session: 's-1', seq: 42 })
  })

  it.each(['', 'hop:', 'run:x', 'event:s', 'event:s/x', 'hop:a b'])('%j is none', (text) => expect(readRef(text)).toBeNull())
})

describe("a rule's revision", () => {
  const RULE = 'title: a\nlevel: low\nlogsource: {product: p}\ndetection: {x: {a: 1, b: 2}, condition: x}\n'
  const revisionOf = (text: string) => readRuleFile(text, 'r').rules.map(ruleRevision).join()

  it('names what it says, not how it is laid out', () => {
    expect(revisionOf(RULE)).toMatch(/^[0-9a-f]{12}$/)
    expect(revisionOf(`# a comment\nlevel: low\n${RULE.replace('level: low\n', '')}`)).toBe(revisionOf(RULE))
    expect(revisionOf(RULE.replace('{a: 1, b: 2}', '{b: 2, a: 1}'))).toBe(revisionOf(RULE))
  })

  it('changes with what it says', () => {
    expect(revisionOf(RULE.replace('low', 'high'))).not.toBe(revisionOf(RULE))
  })
})
