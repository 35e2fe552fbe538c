import { Name, Uuid } from '@hoptrace/events'
import { z } from 'zod'

/** A recording that somebody else made, as the body of the request. */
export const ImportQuery = z.object({
  principal: z.string().min(1).max(256),
  target: Name,
  account: z.string().min(1).max(256).default('unknown'),
  /** Name of the file, for the record. */
  file: z.string().min(1).max(1024),
})
export type ImportQuery = z.infer<typeof ImportQuery>

export const ImportAnswer = z.object({
  sessionId: Uuid,
  events: z.int(),
  sha256: z.string(),
  /** The same bytes were in already: nothing was added. */
  wasKnown: z.boolean(),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>
