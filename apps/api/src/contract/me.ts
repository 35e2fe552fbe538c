import { z } from 'zod'

export const Me = z.object({
  /** Who the access log names: `operator` in standalone. */
  viewer: z.string(),
  tenant: z.string(),
  /** How the request was authenticated. */
  method: z.enum(['cookie', 'bearer']),
})
export type Me = z.infer<typeof Me>

/** A one-time login token, or the operator's token. */
export const LoginRequest = z.strictObject({ token: z.string().min(1).max(512) })
export type LoginRequest = z.infer<typeof LoginRequest>

export const LoginLinkQuery = z.object({ token: z.string().min(1).max(512), next: z.string().max(2048).optional() })
export type LoginLinkQuery = z.infer<typeof LoginLinkQuery>

/** `next` is a path of this server, `/chains/…`; default `/`. */
export const LoginLinkRequest = z.strictObject({ next: z.string().max(2048).optional() })
export type LoginLinkRequest = z.infer<typeof LoginLinkRequest>

/** A link that logs one browser in, once. */
export const LoginLink = z.object({ url: z.string(), expiresAt: z.string() })
export type LoginLink = z.infer<typeof LoginLink>

export const Health = z.object({ status: z.enum(['ok', 'degraded']), version: z.string() })
export type Health = z.infer<typeof Health>
