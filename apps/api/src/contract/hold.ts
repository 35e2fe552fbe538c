import { Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Instant, InstantInput } from './primitives.ts'

const ChainId = z.string().regex(/^[0-9a-f]{32}$/)
const session = z.object({ kind: z.literal('session'), sessionId: Uuid })
const chain = z.object({ kind: z.literal('chain'), chainId: ChainId })

/** What a hold keeps: a session, a chain with all its sessions, or every session under way in `[from, to)`. */
export const HoldScope = z.discriminatedUnion('kind', [session, chain, z.object({ kind: z.literal('range'), from: Instant, to: Instant })])
export type HoldScope = z.infer<typeof HoldScope>

/** Something that does not expire while it is held. */
export const Hold = z.object({
  id: Uuid,
  scope: HoldScope,
  reason: z.string(),
  placedBy: z.string(),
  placedAt: Instant,
  /** Null while it holds. */
  released: z.object({ by: z.string(), at: Instant }).nullable(),
})
export type Hold = z.infer<typeof Hold>

export const PlaceHoldRequest = z.object({
  scope: z.discriminatedUnion('kind', [session, chain, z.object({ kind: z.literal('range'), from: InstantInput, to: InstantInput })]),
  /** Why it must be kept: the case, the request. Everybody who sees holds sees it. */
  reason: z.string().trim().min(1).max(500),
})
export type PlaceHoldRequest = z.infer<typeof PlaceHoldRequest>

/** `open=1`: those alone that still hold. */
export const HoldsQuery = z.object({ open: z.literal('1').optional() })
export type HoldsQuery = z.infer<typeof HoldsQuery>
export const HoldsAnswer = z.object({ items: z.array(Hold) })
export type HoldsAnswer = z.infer<typeof HoldsAnswer>
