import { Uuid } from '@hoptrace/events'
import { z } from 'zod'

/** A line that was not published, and why. */
export const RefusedLine = z.object({
  /** From 1. */
  line: z.int(),
  /** As of a dead letter (`not-json`, `not-an-event`, `hash-mismatch`, …), `other-tenant`, or `servers-own`. */
  reason: z.string(),
  /** Which field was wrong; empty when the whole was. */
  at: z.string(),
})
export type RefusedLine = z.infer<typeof RefusedLine>

/** What became of published lines. Publishing the same lines again changes nothing. */
export const PublishAnswer = z.object({
  /** Lines that were not empty. */
  lines: z.int(),
  published: z.int(),
  refused: z.int(),
  /** The first 1000 of them. */
  refusedLines: z.array(RefusedLine),
})
export type PublishAnswer = z.infer<typeof PublishAnswer>

/**
 * - `stored`: it is an event now, and stands in the store
 * - `published`: it is an event now, and is on its way
 * - `not-understood`: it is still no event, for this reason; it stays as it is
 */
export const ReplayAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['stored', 'published']), sessionId: Uuid, seq: z.int(), type: z.string() }),
  z.object({ outcome: z.literal('not-understood'), reason: z.string(), at: z.string() }),
])
export type ReplayAnswer = z.infer<typeof ReplayAnswer>
