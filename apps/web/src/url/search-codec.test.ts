import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from './search-codec.ts'

describe('search parameters', () => {
  it('make a list of a repeated key', () => {
    expect(parseSearch('?principal=a&principal=b&q=x')).toEqual({ principal: ['a', 'b'], q: 'x' })
  })
  it('come back as they went, whatever they hold', () => {
    const search = { principal: ['a&b=c', '<script>'], q: '\u202e ?#', seq: '12' }
    expect(parseSearch(stringifySearch(search))).toEqual(search)
  })
  it('leave out what is absent', () => {
    expect(stringifySearch({ a: undefined, b: '', c: [] })).toBe('')
  })
})
