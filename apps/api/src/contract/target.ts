import { Protocol } from '@hoptrace/events'
import { z } from 'zod'

/** What the gateway says of a target. Credentials never leave it. */
export const TargetInfo = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  protocol: Protocol,
  address: z.string(),
  account: z.string(),
  durability: z.enum(['default', 'strict', 'best-effort']),
  /** Does the caller bring the target's own credential, beside the run token? */
  asksCredential: z.boolean().optional(),
})
export type TargetInfo = z.infer<typeof TargetInfo>
export const TargetsAnswer = z.object({ items: z.array(TargetInfo) })
export type TargetsAnswer = z.infer<typeof TargetsAnswer>

export const TargetCheck = z.object({ name: z.string(), protocol: Protocol, ok: z.boolean(), problem: z.string().nullable() })
export type TargetCheck = z.infer<typeof TargetCheck>
export const TargetChecksAnswer = z.object({ results: z.array(TargetCheck) })
export type TargetChecksAnswer = z.infer<typeof TargetChecksAnswer>
