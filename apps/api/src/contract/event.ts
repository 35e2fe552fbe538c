import { SessionEvent, Sha256Hex, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'
import { Cursor, Instant, pageOf, repeatable } from './primitives.ts'

/** One recorded event as it was recorded. `ms`: milliseconds since the session began. */
export const EventItem = z.object({
  seq: z.int(),
  ms: z.number(),
  at: Instant,
  type: z.string(),
  event: SessionEvent,
  /** Another content stands under the same seq: see the proof. */
  isConflicting: z.boolean(),
})
export type EventItem = z.infer<typeof EventItem>

/** In the order of seq. The cursor is the seq to begin after; `after` may be given by hand too. */
export const EventsQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1),
  type: repeatable(z.string().max(64)),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  reveal: Reveal,
})
export type EventsQuery = z.infer<typeof EventsQuery>

export const EventsPage = pageOf(EventItem).extend({ masked: Masked })
export type EventsPage = z.infer<typeof EventsPage>

export const ProofQuery = z.object({ reveal: Reveal })
export type ProofQuery = z.infer<typeof ProofQuery>

const Neighbour = z.object({ seq: z.int(), type: z.string(), hash: Sha256Hex, prevHash: Sha256Hex })

/** One content that claims this seq. */
export const ProofContent = z.object({
  /** Canonical JSON (RFC 8785): the very text that the hash is of, unless the proof is masked. */
  content: z.string(),
  /** UTF-8 bytes of `content`. */
  bytes: z.int(),
  hash: Sha256Hex,
  /** SHA-256 of `content`, computed for this answer. */
  recomputedHash: Sha256Hex,
  isHashValid: z.boolean(),
  prevHash: Sha256Hex,
  /** Its `prevHash` is the hash of the event before it. Null when the event before it is missing. */
  isChained: z.boolean().nullable(),
  event: SessionEvent,
})
export type ProofContent = z.infer<typeof ProofContent>

/**
 * - `proved`: one content, its hash holds, and it is chained to its neighbours
 * - `unanchored`: its hash holds, but a neighbour is missing
 * - `conflict`: two contents under one seq
 * - `broken`: a hash does not hold or does not chain
 */
export const Proof = z.object({
  sessionId: Uuid,
  seq: z.int(),
  verdict: z.enum(['proved', 'unanchored', 'conflict', 'broken']),
  contents: z.array(ProofContent).min(1),
  previous: z.array(Neighbour),
  next: z.array(Neighbour),
  lastSeq: z.int(),
  /** The hashes are those of what was recorded: what is shown in its place when this is not 0 has others. */
  masked: Masked,
})
export type Proof = z.infer<typeof Proof>
