import { Protocol } from '@hoptrace/events'
import { z } from 'zod'
import { AlertSummary } from './alert.ts'
import { Instant } from './primitives.ts'
import { TargetInfo } from './target.ts'
import { Denial } from './triage.ts'

/** Somebody at a target, by one of its accounts. */
export const TargetVisitor = z.object({
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  account: z.string(),
  protocol: Protocol,
  sessions: z.int(),
  failures: z.int(),
  open: z.int(),
  firstAt: Instant,
  lastAt: Instant,
})
export type TargetVisitor = z.infer<typeof TargetVisitor>

/** Who touched a target, by which accounts, and who was refused. */
export const TargetDetail = z.object({
  name: z.string(),
  range: z.object({ from: Instant, to: Instant }),
  /** As the gateway has it; null where it is not asked, or knows it no more. */
  info: TargetInfo.nullable(),
  protocols: z.array(Protocol),
  accounts: z.array(z.string()),
  /** Null when nobody reached it in the range. */
  firstAt: Instant.nullable(),
  lastAt: Instant.nullable(),
  /** Latest first, at most 500. */
  visitors: z.array(TargetVisitor),
  /** Newest first, at most 100. */
  refusals: z.array(Denial),
  refusalsTotal: z.int(),
  /** Newest first, at most 20. */
  alerts: z.array(AlertSummary),
})
export type TargetDetail = z.infer<typeof TargetDetail>
