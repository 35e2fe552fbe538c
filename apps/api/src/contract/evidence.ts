import { Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'
import { Cursor, Instant, InstantInput, PageLimit, pageOf } from './primitives.ts'
import { SessionCompleteness } from './session.ts'

export const VerifyQuery = z.object({
  session: Uuid.optional(),
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
export type VerifyQuery = z.infer<typeof VerifyQuery>

/** What walking a session's sequence, hashes and heartbeats found. */
export const SessionVerdict = z.object({
  sessionId: Uuid,
  /** `expired`: what was recorded was deleted, as its tenant's retention says; only that it was is left. */
  completeness: z.enum([...SessionCompleteness.options, 'expired']),
  events: z.int(),
  lastSeq: z.int(),
  missing: z.array(z.tuple([z.int(), z.int()])),
  conflicts: z.array(z.int()),
  declaredGaps: z.array(z.int()),
  /** Seqs whose stored content does not have the stored hash. */
  wrongHashes: z.array(z.int()),
})
export type SessionVerdict = z.infer<typeof SessionVerdict>
export const VerifyPage = pageOf(SessionVerdict).extend({
  /** Of this page. */
  counts: z.object({ complete: z.int(), unfinished: z.int(), gap: z.int(), conflict: z.int(), expired: z.int() }),
})
export type VerifyPage = z.infer<typeof VerifyPage>

/** A message that could not be understood. `id` is its place on the bus. */
export const DeadLetterSummary = z.object({
  id: z.string(),
  receivedAt: Instant,
  source: z.string(),
  reason: z.string(),
  /** Where in the message, when it is known: `body.text`. */
  at: z.string(),
  bytes: z.int(),
  /** `settled`: it was replayed, and is stored. Only open letters need somebody. */
  state: z.enum(['open', 'settled']),
  /** The replay that settled it, else the last one; null when there was none. */
  replayed: z
    .object({ at: Instant, by: z.string(), outcome: z.enum(['stored', 'published', 'not-understood']), reason: z.string().nullable() })
    .nullable(),
})
export type DeadLetterSummary = z.infer<typeof DeadLetterSummary>
export const DeadLetterQuery = z.object({ reveal: Reveal })
export type DeadLetterQuery = z.infer<typeof DeadLetterQuery>

export const DeadLetterDetail = DeadLetterSummary.extend({
  /** The message, whole; what may be a secret in it hidden byte by byte, unless it is revealed. */
  base64: z.string(),
  /** The same as text when it is UTF-8. */
  text: z.string().nullable(),
  masked: Masked,
})
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>
export const DeadLettersQuery = z.object({ cursor: Cursor.optional(), limit: PageLimit })
export type DeadLettersQuery = z.infer<typeof DeadLettersQuery>
export const DeadLettersPage = pageOf(DeadLetterSummary)
export type DeadLettersPage = z.infer<typeof DeadLettersPage>

/** One view of something recorded: who saw what of it. */
export const AccessLogEntry = z.object({
  at: Instant,
  /** What people call the viewer. */
  viewer: z.string(),
  /** Stable; null in entries that were recorded before there was one. */
  subject: z.string().nullable(),
  resource: z.string(),
  id: z.string(),
  span: z.string(),
  isContent: z.boolean(),
  /** Were secrets shown as they are? */
  isRevealed: z.boolean(),
  /** Of what was searched for, keyed: equal searches have equal digests. Null for what is no search. */
  digest: z.string().nullable(),
  event: z.object({ sessionId: Uuid, seq: z.int() }),
})
export type AccessLogEntry = z.infer<typeof AccessLogEntry>
export const AccessLogQuery = z.object({
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  /** A name or a subject. */
  viewer: z.string().max(256).optional(),
  resource: z.string().max(64).optional(),
  /** Views of this session, chain or run. */
  id: z.string().max(256).optional(),
  /** `1`: only views of content. */
  content: z.literal('1').optional(),
  /** `1`: only views that revealed secrets. */
  reveal: z.literal('1').optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
})
export type AccessLogQuery = z.infer<typeof AccessLogQuery>
export const AccessLogPage = pageOf(AccessLogEntry)
export type AccessLogPage = z.infer<typeof AccessLogPage>

export const SearchQuery = z.object({
  q: z.string().min(1).max(256),
  from: InstantInput.optional(),
  to: InstantInput.optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
  reveal: Reveal,
})
export type SearchQuery = z.infer<typeof SearchQuery>
/** A recorded command, statement or answer that holds every word. */
export const SearchHit = z.object({
  sessionId: Uuid,
  seq: z.int(),
  ms: z.number(),
  at: Instant,
  type: z.string(),
  protocol: Protocol.nullable(),
  target: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  /** The words around the match, controls replaced. */
  excerpt: z.string(),
})
export type SearchHit = z.infer<typeof SearchHit>
export const SearchPage = pageOf(SearchHit).extend({ masked: Masked })
export type SearchPage = z.infer<typeof SearchPage>
