import { Name, Uuid } from '@hoptrace/events'
import { z } from 'zod'

/** What somebody else recorded, as the body of the request. */
export const ImportQuery = z.object({
  /** `asciicast`: v2 or v3, one session. `kubernetes-audit`: an API server's audit log, a session a caller until it pauses. */
  format: z.enum(['asciicast', 'kubernetes-audit']).default('asciicast'),
  /** Who is accountable for an asciicast. An audit log says so itself. */
  principal: z.string().min(1).max(256).optional(),
  target: Name,
  /** At the target, of an asciicast. */
  account: z.string().min(1).max(256).default('unknown'),
  /** Name of the file, for the record. */
  file: z.string().min(1).max(1024),
})
export type ImportQuery = z.infer<typeof ImportQuery>

/** A line that could not be read, or an item of the list in it; both count from 1. */
export const BrokenLine = z.object({ line: z.int(), item: z.int().optional(), reason: z.string() })
export type BrokenLine = z.infer<typeof BrokenLine>

export const ImportAnswer = z.object({
  /** Of several the one that ends last. */
  sessionId: Uuid,
  sessions: z.int(),
  events: z.int(),
  sha256: z.string(),
  /** The same bytes were in already: nothing was added. */
  wasKnown: z.boolean(),
  /** What was passed over: the first hundred, and how many there are. Of an asciicast, which is taken whole or not at all, none. */
  broken: z.array(BrokenLine),
  brokenTotal: z.int(),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>
