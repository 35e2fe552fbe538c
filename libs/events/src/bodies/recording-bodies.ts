import { z } from 'zod'
import { Truncation } from '../bytes.ts'
import { Uuid } from '../identifiers.ts'

export const RecordingGap = z.object({
  reason: z.enum(['crash', 'spool', 'limit', 'lost']),
  message: z.string(),
  /** First seq that may be missing, when it is known. */
  fromSeq: z.int().nullable(),
})
export const RecordingViewed = z.object({
  /** What people call the viewer. */
  viewer: z.string(),
  /** The viewer's stable name, as the identity provider has it. */
  subject: z.string().optional(),
  resource: z.string(),
  id: z.string(),
  /** What was seen of it, `seq 0-412` or `events page 2`. */
  span: z.string(),
  /** Did the viewer see recorded content, or metadata alone? */
  isContent: z.boolean(),
  /** Were secrets in it shown as they are? Absent when they were masked. */
  isRevealed: z.boolean().optional(),
  /** Of what was searched for, keyed: the words may be a secret that was pasted. */
  digest: z.string().optional(),
})
export const GatewayHeartbeat = z.object({
  /** Sessions that were open at any time since the heartbeat before, with their last seq: a lost tail shows, and a session lost whole. */
  open: z.array(z.tuple([Uuid, z.int()])),
  /** The hashes of those last events in the same order, 32 hexadecimal digits of each: a session that is made anew does not have them. */
  heads: z.array(z.string()).optional(),
  truncated: Truncation.optional(),
  /** How much of its bound the spool takes. At `full` new sessions are refused. */
  spool: z.object({ level: z.enum(['roomy', 'filling', 'full']), bytes: z.int(), maxBytes: z.int() }).optional(),
})
