import { z } from 'zod'
import { Instant } from './primitives.ts'

/** What went wrong, stable for programs: people read `title` and `detail`. */
export const ProblemCode = z.enum([
  'INVALID_REQUEST',
  'NOT_AUTHENTICATED',
  'NOT_AUTHORISED',
  'NOT_FOUND',
  'EXPIRED',
  'CONFLICT',
  'NEEDS_BACKTEST',
  'RULE_INVALID',
  'TOO_LARGE',
  'TOO_MANY_ATTEMPTS',
  'IDENTITY_UNAVAILABLE',
  'RECORDING_UNAVAILABLE',
  'GATEWAY_UNREACHABLE',
  'GATEWAY_REFUSED',
  'STORE_UNAVAILABLE',
  'INTERNAL',
])
export type ProblemCode = z.infer<typeof ProblemCode>

/** The body of every error (RFC 9457), as `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: ProblemCode,
  detail: z.string().optional(),
  /** What was wrong with the request, field by field. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** Of an alert or a rule that another changed first: its revision now. Hand that back, once what it says was looked at. */
  revision: z.union([z.int(), z.string()]).optional(),
  /** Of a rule's text: what is wrong, and where. */
  faults: z.array(z.object({ line: z.int(), column: z.int(), message: z.string() })).optional(),
  /** Of a session that retention deleted: what is known of it still. */
  expired: z.object({ expiredAt: Instant, policy: z.string(), events: z.int(), lastEventAt: Instant }).optional(),
})
export type Problem = z.infer<typeof Problem>
