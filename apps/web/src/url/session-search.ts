import { z } from 'zod'
import { count, list, text } from './fields.ts'
import { RangeSearch } from './time-range.ts'

/** Fields that sessions can be filtered by, with the name that people see. */
export const filterNames = {
  protocol: 'protocol',
  principal: 'principal',
  rootPrincipal: 'on behalf of',
  run: 'run',
  target: 'target',
  account: 'account',
  outcome: 'outcome',
  completeness: 'completeness',
  gateway: 'gateway',
  source: 'source',
} as const
export type FilterField = keyof typeof filterNames
export const filterFields = Object.keys(filterNames) as FilterField[]

export const SessionsSearch = RangeSearch.extend({
  protocol: list,
  principal: list,
  rootPrincipal: list,
  run: list,
  target: list,
  account: list,
  outcome: list,
  completeness: list,
  gateway: list,
  source: list,
  exclude: list,
  q: text,
  sort: text,
  cursor: text,
  page: count,
})
export type SessionsSearch = z.infer<typeof SessionsSearch>

export type Chip = { field: FilterField; value: string; isExcluded: boolean }

/** The filters of an address, in the order of the fields. */
export function chipsOf(search: SessionsSearch): Chip[] {
  const included = filterFields.flatMap((field) => (search[field] ?? []).map((value) => ({ field, value, isExcluded: false })))
  const excluded = (search.exclude ?? []).flatMap((pair) => {
    const colon = pair.indexOf(':')
    const field = filterFields.find((name) => name === pair.slice(0, colon))
    return field === undefined ? [] : [{ field, value: pair.slice(colon + 1), isExcluded: true }]
  })
  return [...included, ...excluded]
}

/** The address with one more filter. Including what was excluded takes the exclusion away, and the reverse. */
export function withChip(search: SessionsSearch, chip: Chip): SessionsSearch {
  const without = withoutChip(withoutChip(search, chip), { ...chip, isExcluded: !chip.isExcluded })
  if (chip.isExcluded) return { ...without, exclude: [...(without.exclude ?? []), `${chip.field}:${chip.value}`] }
  return { ...without, [chip.field]: [...(without[chip.field] ?? []), chip.value] }
}

/** The address without that filter, on its first page. */
export function withoutChip(search: SessionsSearch, chip: Chip): SessionsSearch {
  const key = chip.isExcluded ? 'exclude' : chip.field
  const gone = chip.isExcluded ? `${chip.field}:${chip.value}` : chip.value
  const left = (search[key] ?? []).filter((value) => value !== gone)
  return { ...search, [key]: left.length > 0 ? left : undefined, cursor: undefined, page: undefined }
}

export function withoutFilters(search: SessionsSearch): SessionsSearch {
  return { last: search.last, from: search.from, to: search.to, sort: search.sort }
}

/** `-startedAt` is the start, newest first. */
export type Sort = { field: string; isDescending: boolean }
export function sortOf(search: SessionsSearch): Sort {
  const sort = search.sort ?? '-startedAt'
  return sort.startsWith('-') ? { field: sort.slice(1), isDescending: true } : { field: sort, isDescending: false }
}
export function withSort(search: SessionsSearch, sort: Sort): SessionsSearch {
  return { ...search, sort: `${sort.isDescending ? '-' : ''}${sort.field}`, cursor: undefined, page: undefined }
}
