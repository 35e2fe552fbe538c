import { z } from 'zod'
import { list } from './fields.ts'

/** Fields that the requests of a session can be filtered by, with the name that people see. */
export const requestFilterNames = {
  verb: 'verb',
  method: 'method',
  resource: 'resource',
  namespace: 'namespace',
  name: 'name',
  status: 'status',
  tool: 'tool',
} as const
export type RequestFilterField = keyof typeof requestFilterNames
export const requestFilterFields = Object.keys(requestFilterNames) as RequestFilterField[]

/** A status, a class of them, or that nothing answered. */
const STATUS = /^(?:[1-5]xx|[1-5]\d\d|none)$/

export const RequestSearch = z.object({
  verb: list,
  method: list,
  resource: list,
  namespace: list,
  name: list,
  /** Others are left out. */
  /** Others are left out. */
  status: list
    .transform((values) => {
      const known = values?.filter((value) => STATUS.test(value)) ?? []
      return known.length > 0 ? known : undefined
    })
    .optional(),
  tool: list,
})
export type RequestSearch = z.infer<typeof RequestSearch>
export type RequestChip = { field: RequestFilterField; value: string }

/** The filters of an address, in the order of the fields. */
export function requestChips(search: RequestSearch): RequestChip[] {
  return requestFilterFields.flatMap((field) => (search[field] ?? []).map((value) => ({ field, value })))
}

/** The address with one filter more, or without it when it has it. */
export function toggled<T extends RequestSearch>(search: T, { field, value }: RequestChip): T {
  const values = search[field] ?? []
  const left = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  return { ...search, [field]: left.length > 0 ? left : undefined }
}

/** Where in the tree of resources: what it leaves out, matches anything. */
export type ResourcePlace = { resource?: string; namespace?: string; name?: string }

/** The address narrowed to one place of the tree; without a place, to none. */
export function atPlace<T extends RequestSearch>(search: T, { resource, namespace, name }: ResourcePlace): T {
  const one = (value: string | undefined) => (value === undefined ? undefined : [value])
  return { ...search, resource: one(resource), namespace: one(namespace), name: one(name) }
}

export function isAtPlace(search: RequestSearch, place: ResourcePlace): boolean {
  const is = (values: readonly string[] | undefined, value: string | undefined) =>
    value === undefined ? values === undefined : values?.length === 1 && values[0] === value
  return is(search.resource, place.resource) && is(search.namespace, place.namespace) && is(search.name, place.name)
}

/** What the api is asked for. */
export function requestParams(search: RequestSearch): Partial<Record<RequestFilterField, readonly string[]>> {
  return Object.fromEntries(requestFilterFields.flatMap((field) => (search[field] ? [[field, search[field]]] : [])))
}

export function withoutRequestFilters<T extends RequestSearch>(search: T): T {
  return { ...search, ...Object.fromEntries(requestFilterFields.map((field) => [field, undefined])) }
}
