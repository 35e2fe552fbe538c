import { z } from 'zod'
import { list, text } from './fields.ts'
import { RangeSearch } from './time-range.ts'

/** Fields that alerts can be filtered by, with the name that people see. */
export const alertFilterNames = {
  state: 'state',
  severity: 'severity',
  response: 'response',
  rule: 'rule',
  principal: 'principal',
  target: 'target',
  run: 'run',
  chain: 'chain',
} as const
export type AlertFilterField = keyof typeof alertFilterNames
export const alertFilterFields = Object.keys(alertFilterNames) as AlertFilterField[]

/** Fields of which several values may stand at once: any of them fits. */
const REPEATED = ['state', 'severity', 'response'] as const
type RepeatedField = (typeof REPEATED)[number]

/** Values that can be chosen before any is on the page. */
export const alertChoices: Record<RepeatedField, readonly string[]> = {
  state: ['open', 'acknowledged', 'closed'],
  severity: ['critical', 'high', 'medium', 'low', 'informational'],
  response: ['page', 'queue', 'log'],
}

/** Of a list that somebody wrote by hand, what the api knows. */
const known = (field: RepeatedField) =>
  list
    .transform((values) => {
      const left = values?.filter((value) => alertChoices[field].includes(value)) ?? []
      return left.length > 0 ? left : undefined
    })
    .optional()

export const AlertsSearch = RangeSearch.extend({
  state: known('state'),
  severity: known('severity'),
  response: known('response'),
  rule: text,
  principal: text,
  target: text,
  run: text,
  chain: text,
})
export type AlertsSearch = z.infer<typeof AlertsSearch>
export type AlertChip = { field: AlertFilterField; value: string }

const isRepeated = (field: AlertFilterField): field is RepeatedField => (REPEATED as readonly string[]).includes(field)

/** The filters of an address, in the order of the fields. */
export function alertChips(search: AlertsSearch): AlertChip[] {
  return alertFilterFields.flatMap((field) => [search[field] ?? []].flat().map((value) => ({ field, value })))
}

/** The address with one filter more, or without it when it has it. A field with one value gets the new one. */
export function toggledAlertChip(search: AlertsSearch, { field, value }: AlertChip): AlertsSearch {
  if (!isRepeated(field)) return { ...search, [field]: search[field] === value ? undefined : value }
  const values = search[field] ?? []
  const left = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  return { ...search, [field]: left.length > 0 ? left : undefined }
}

/** The address without filters, in the same time. */
export function withoutAlertChips({ last, from, to }: AlertsSearch): AlertsSearch {
  return { last, from, to }
}

/** What the api is asked, without the range. */
export function alertParams(search: AlertsSearch): Partial<Record<AlertFilterField, string | readonly string[]>> {
  return Object.fromEntries(alertFilterFields.flatMap((field) => (search[field] === undefined ? [] : [[field, search[field]]])))
}
