import { bodies, Observable } from '@hoptrace/events'
import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'
import { Cursor, Instant, pageOf } from './primitives.ts'

const place = { seq: z.int(), ms: z.number(), at: Instant }

/** One answer to a statement; a string of several statements has several. */
export const StatementResult = bodies['sql.result'].extend({ ...place, observables: z.array(Observable) })
export type StatementResult = z.infer<typeof StatementResult>

export const StatementItem = bodies['sql.statement'].extend({
  ...place,
  item: z.literal('statement'),
  /** `unanswered`: no result was recorded, the connection ended or is still waiting. */
  state: z.enum(['answered', 'failed', 'unanswered']),
  results: z.array(StatementResult),
  /** Sum of the results' durations; null when unanswered. */
  durationMs: z.number().nullable(),
  observables: z.array(Observable),
})
export type StatementItem = z.infer<typeof StatementItem>

export const NoticeItem = bodies['sql.notice'].extend({ ...place, item: z.literal('notice') })
export const GapItem = bodies['recording.gap'].extend({ ...place, item: z.literal('gap') })
export const EndItem = bodies['session.ended'].extend({ ...place, item: z.literal('end') })

/** What stands on the time line of a SQL session, in the order of seq. */
export const TimelineItem = z.discriminatedUnion('item', [StatementItem, NoticeItem, GapItem, EndItem])
export type TimelineItem = z.infer<typeof TimelineItem>

export const StatementsQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  reveal: Reveal,
})
export type StatementsQuery = z.infer<typeof StatementsQuery>

export const StatementsPage = pageOf(TimelineItem).extend({ masked: Masked })
export type StatementsPage = z.infer<typeof StatementsPage>
