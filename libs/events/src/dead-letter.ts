import { z } from 'zod'
import { Sha256Hex } from './identifiers.ts'

/**
 * Headers of a message in the topic of dead letters. Its value is the message that was refused, byte for byte.
 * What was refused on its way to a topic has no partition and offset yet.
 */
export const DeadLetterHeaders = z.object({
  /** Why it was refused: `not-json`, `hash-mismatch`, `store-refused`, `oversized`, … Others may be added. */
  hoptrace_reason: z.string(),
  /** Which field was wrong; empty when the whole was. */
  hoptrace_field: z.string().optional(),
  /** Where it stood, or would have stood. */
  hoptrace_topic: z.string(),
  hoptrace_partition: z.string().optional(),
  hoptrace_offset: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .optional(),
  /** Its own key, where it had one. */
  hoptrace_key: z.string().optional(),
  /** When it was refused (RFC 3339). */
  hoptrace_refused_at: z.iso.datetime().optional(),
  /** Of the value. */
  hoptrace_sha256: Sha256Hex.optional(),
})
export type DeadLetterHeaders = z.infer<typeof DeadLetterHeaders>
