import { describe, expect, it } from 'vitest'
import { atPlace, isAtPlace, RequestSearch, requestChips, requestParams, toggled, withoutRequestFilters } from './request-search.ts'
import { parseSearch, stringifySearch } from './search-codec.ts'

const read = (search: string) => RequestSearch.parse(parseSearch(search))

describe('the address of the requests of a session', () => {
  it('holds filters as chips', () => {
    expect(requestChips(read('?status=4xx&verb=get&verb=list'))).toEqual([
      { field: 'verb', value: 'get' },
      { field: 'verb', value: 'list' },
      { field: 'status', value: '4xx' },
    ])
  })
  it('opens though somebody mistyped it', () => {
    expect(read('?status=6xx&verb=get')).toEqual({ verb: ['get'] })
    expect(read('?status=404&status=oops')).toEqual({ status: ['404'] })
  })
  it('takes a filter back that is given twice', () => {
    const chip = { field: 'verb', value: 'get' } as const
    expect(toggled(toggled(read(''), chip), chip)).toEqual({ verb: undefined })
  })
  it('names one place of the tree, and what is below it by less', () => {
    const search = atPlace(read('?status=4xx&name=web'), { resource: 'pods', namespace: 'shop' })
    expect(stringifySearch(search)).toBe('?status=4xx&resource=pods&namespace=shop')
    expect(isAtPlace(search, { resource: 'pods', namespace: 'shop' })).toBe(true)
    expect(isAtPlace(search, { resource: 'pods' })).toBe(false)
  })
  it('asks the api for no more than its filters', () => {
    expect(requestParams(read('?resource=/v1&seq=4'))).toEqual({ resource: ['/v1'] })
    expect(stringifySearch(withoutRequestFilters({ ...read('?resource=/v1'), seq: 4 }))).toBe('?seq=4')
  })
})
