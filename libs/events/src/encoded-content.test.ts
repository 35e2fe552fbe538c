import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOf } from './chain.ts'
import { encodedContent } from './encoded-content.ts'

const hash = 'ab'.repeat(32)
const encode = (content: string) => `${content.slice(0, -1)},"hash":"${hash}"}`
const read = (text: string) => encodedContent(text, JSON.parse(text), hash)

describe('encodedContent', () => {
  it('is the canonical content of whatever was encoded canonically, or says that it cannot tell', () => {
    const events = fc
      .dictionary(fc.string({ minLength: 1 }), fc.jsonValue())
      .filter((json) => !('hash' in json) && Object.keys(json).length > 0)
    fc.assert(
      fc.property(events, (json) => {
        const content = contentOf(json)
        if (content === null) return
        expect([content, null]).toContain(read(encode(content)))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['white space', '{"a": 1}'],
    ['members out of order', '{"b":1,"a":2}'],
    ['a member twice', '{"a":1,"a":2}'],
    ['an escape that needs none', '{"a":"\\u0041"}'],
    ['a number in another form', '{"a":1.0}'],
    ['negative zero', '{"a":-0}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['nested members out of order', '{"a":[{"d":1,"c":2}]}'],
    ['members that the parser reorders', '{"10":1,"9":2}'],
  ])('does not take text with %s for canonical', (_, content) => {
    expect(read(encode(content))).toBeNull()
  })

  it('does not take an event for canonical whose hash does not stand last', () => {
    expect(read(`{"a":1,"hash":"${hash}","z":2}`)).toBeNull()
  })
})
