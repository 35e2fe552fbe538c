import type { z } from 'zod'
import { choice, count, reveal, text } from './fields.ts'
import { RequestSearch } from './request-search.ts'

/** A place in a session, down to the millisecond and the cell. */
export const PlaceSearch = RequestSearch.extend({
  view: choice('replay', 'terminal', 'events'),
  seq: count,
  ms: count,
  /** Which result of a statement with several. */
  result: count,
  row: count,
  /** A column's name. */
  col: text,
  channel: count,
  speed: choice('0.5', '1', '2', '4', '8'),
  /** Longest pause that is played, in seconds; absent is real time. */
  idle: choice('1', '2', '5'),
  reveal,
})
export type PlaceSearch = z.infer<typeof PlaceSearch>
