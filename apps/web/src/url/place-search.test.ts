import { describe, expect, it } from 'vitest'
import { PlaceSearch } from './place-search.ts'
import { parseSearch, stringifySearch } from './search-codec.ts'

describe('the address of a moment', () => {
  it('names the event, the millisecond and the cell', () => {
    expect(PlaceSearch.parse(parseSearch('?seq=412&ms=137&row=3&col=host'))).toEqual({ seq: 412, ms: 137, row: 3, col: 'host' })
  })
  it('keeps a column whose name looks like a number or markup', () => {
    for (const col of ['3', '<b>', 'a&row=9']) expect(PlaceSearch.parse(parseSearch(stringifySearch({ col })))).toEqual({ col })
  })
  it('leaves out what no recording has', () => {
    expect(PlaceSearch.parse(parseSearch('?seq=-1&ms=1e400&speed=99&idle=2'))).toEqual({ idle: '2' })
  })
})
