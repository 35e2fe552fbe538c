import { describe, expect, it } from 'vitest'
import { AccessLogSearch, viewChips } from './access-log-search.ts'
import { parseSearch } from './search-codec.ts'

const read = (search: string) => AccessLogSearch.parse(parseSearch(search))

describe('the address of the access log', () => {
  it('holds each filter as a chip', () => {
    expect(viewChips(read('?viewer=ana&resource=session&reveal=1'))).toEqual([
      { field: 'viewer', word: 'viewer', value: 'ana' },
      { field: 'resource', word: 'what', value: 'session' },
      { field: 'reveal', word: 'only', value: 'revealed secrets' },
    ])
  })
  it('leaves out what no log can be filtered by', () => {
    expect(viewChips(read('?reveal=yes&nonsense=1'))).toEqual([])
  })
})
