import { z } from 'zod'
import { Instant } from './primitives.ts'
import { Right, Role } from './rights.ts'

const MAX_DAYS = 366

export const ServiceToken = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(Role),
  rights: z.array(Right),
  createdAt: Instant,
  /** Subject of whoever made it. */
  createdBy: z.string(),
  expiresAt: Instant,
  /** To the minute; null when it was never used. */
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
})
export type ServiceToken = z.infer<typeof ServiceToken>

/** A token has no right that its maker lacks. */
export const CreateServiceTokenRequest = z.strictObject({
  name: z.string().min(1).max(128),
  roles: z.array(Role).min(1).max(4),
  mayReveal: z.boolean().default(false),
  ttlSeconds: z
    .int()
    .min(60)
    .max(MAX_DAYS * 86_400)
    .default(90 * 86_400),
})
export type CreateServiceTokenRequest = z.infer<typeof CreateServiceTokenRequest>

/** `token` is shown once: the server keeps only a hash of it. */
export const CreatedServiceToken = ServiceToken.extend({ token: z.string() })
export type CreatedServiceToken = z.infer<typeof CreatedServiceToken>

export const ServiceTokensAnswer = z.object({ items: z.array(ServiceToken) })
export type ServiceTokensAnswer = z.infer<typeof ServiceTokensAnswer>
