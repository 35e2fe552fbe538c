import { z } from 'zod'
import { choice, text } from './fields.ts'
import { RangeSearch } from './time-range.ts'

export const AccessLogSearch = RangeSearch.extend({
  /** A name or a subject. */
  viewer: text,
  /** `session`, `chain`, `search` … */
  resource: text,
  id: text,
  /** Only views of content. */
  content: choice('1'),
  /** Only views that revealed secrets. */
  reveal: choice('1'),
})
export type AccessLogSearch = z.infer<typeof AccessLogSearch>

const WORDS = { viewer: 'viewer', resource: 'what', id: 'which', content: 'only', reveal: 'only' } as const
const VALUES: Partial<Record<ViewFilter, string>> = { content: 'content', reveal: 'revealed secrets' }
export type ViewFilter = keyof typeof WORDS
/** One filter of the log, in the words of its chip. */
export type ViewChip = { field: ViewFilter; word: string; value: string }

/** The filters of an address. */
export function viewChips(search: AccessLogSearch): ViewChip[] {
  return (Object.keys(WORDS) as ViewFilter[]).flatMap((field) => {
    const value = search[field]
    return value === undefined ? [] : [{ field, word: WORDS[field], value: VALUES[field] ?? value }]
  })
}

/** What the api is asked, without the range. */
export function viewParams({ viewer, resource, id, content, reveal }: AccessLogSearch) {
  return { viewer, resource, id, content, reveal }
}
