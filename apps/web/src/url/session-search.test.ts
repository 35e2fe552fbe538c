import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from './search-codec.ts'
import { chipsOf, SessionsSearch, sortOf, withChip, withoutChip, withSort } from './session-search.ts'

const read = (search: string) => SessionsSearch.parse(parseSearch(search))

describe('the address of a list of sessions', () => {
  it('holds filters as chips, included and excluded', () => {
    expect(chipsOf(read('?protocol=ssh&exclude=outcome:client&exclude=nonsense:1'))).toEqual([
      { field: 'protocol', value: 'ssh', isExcluded: false },
      { field: 'outcome', value: 'client', isExcluded: true },
    ])
  })
  it('excludes a value that holds a colon', () => {
    expect(chipsOf(read('?exclude=source:fd00::1'))).toEqual([{ field: 'source', value: 'fd00::1', isExcluded: true }])
  })
  it('does not include and exclude one value at once', () => {
    const included = withChip(read('?exclude=target:orders'), { field: 'target', value: 'orders', isExcluded: false })
    expect(chipsOf(included)).toEqual([{ field: 'target', value: 'orders', isExcluded: false }])
  })
  it('begins at the first page after every change of a filter', () => {
    const search = read('?target=orders&cursor=abc&page=3')
    expect(withoutChip(search, { field: 'target', value: 'orders', isExcluded: false })).toMatchObject({
      cursor: undefined,
      page: undefined,
    })
  })
  it('sorts newest first unless it says otherwise', () => {
    expect(sortOf(read(''))).toEqual({ field: 'startedAt', isDescending: true })
    expect(stringifySearch(withSort(read(''), { field: 'duration', isDescending: false }))).toBe('?sort=duration')
  })
  it('opens though somebody mistyped it', () => {
    expect(read('?from=yesterday&page=-1&last=2y&protocol=ssh')).toEqual({ protocol: ['ssh'] })
  })
})
