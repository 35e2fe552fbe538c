import { ObservableKind, ObservableRole, Protocol, Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { AlertSummary } from './alert.ts'
import { ChainSummary } from './chain.ts'
import { Instant, Pointer } from './primitives.ts'

/** One place where a value stood. */
export const Sighting = z.object({
  at: Pointer,
  /** JSON pointer (RFC 6901) into the event's body; empty when it stands in no recorded field. */
  field: z.string(),
  seenAt: Instant,
  role: ObservableRole,
  /** The event's type. */
  type: z.string(),
  /** Null in a gateway's own stream, which belongs to no session. */
  target: z.string().nullable(),
  protocol: Protocol.nullable(),
  account: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  run: Uuid.nullable(),
  /** Of a use: was it let in? Null where nobody said. */
  isAccepted: z.boolean().nullable(),
})
export type Sighting = z.infer<typeof Sighting>

/** Somebody with a value: who saw it, or who used it. */
export const ObservableHolder = z.object({
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  target: z.string().nullable(),
  sightings: z.int(),
  firstAt: Instant,
  lastAt: Instant,
  accepted: z.int(),
  refused: z.int(),
})
export type ObservableHolder = z.infer<typeof ObservableHolder>

/** "This token leaked: who saw it, who used it." */
export const ObservableDetail = z.object({
  kind: ObservableKind,
  digest: z.string(),
  /** Null for secrets, which are stored nowhere, and to whom content is not shown. */
  value: z.string().nullable(),
  firstAt: Instant,
  lastAt: Instant,
  /** Those to whom it was answered, or who asked with it. Latest first, at most 200. */
  saw: z.array(ObservableHolder),
  /** Those who presented it, or went there. Latest first, at most 200. */
  used: z.array(ObservableHolder),
  /** Latest first, at most 500. */
  sightings: z.array(Sighting),
  sightingsTotal: z.int(),
  sessions: z.array(Uuid),
  /** Newest first, at most 50 each. */
  chains: z.array(ChainSummary),
  alerts: z.array(AlertSummary),
})
export type ObservableDetail = z.infer<typeof ObservableDetail>

/** A value that was pasted. It is digested at the server, and neither stored nor logged. */
export const DigestRequest = z.strictObject({ value: z.string().min(1).max(65_536) })
export type DigestRequest = z.infer<typeof DigestRequest>

/** What the value may be, each with where it is found: `/observables/{kind}/{digest}`. Those that were seen first. */
export const DigestAnswer = z.object({
  items: z.array(z.object({ kind: ObservableKind, digest: z.string(), keyId: z.string(), sightings: z.int(), lastAt: Instant.nullable() })),
  /** This server holds no key of digests, or not that of all that was recorded: what is not found may have been seen all the same. */
  hasKey: z.boolean(),
})
export type DigestAnswer = z.infer<typeof DigestAnswer>
