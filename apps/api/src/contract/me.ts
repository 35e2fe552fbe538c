import { Name } from '@hoptrace/events'
import { z } from 'zod'
import { Right, Role } from './rights.ts'

export const Me = z.object({
  /** Who the access log names. Stable: the provider's `sub`, a service token's id, or `operator` in standalone. */
  subject: z.string(),
  /** What people call them. */
  name: z.string(),
  tenant: Name,
  roles: z.array(Role),
  rights: z.array(Right),
  /** How the request was authenticated. */
  method: z.enum(['cookie', 'bearer']),
  /** Who vouches: the operator's own token (or a link that it made), the identity provider, or a service token. */
  via: z.enum(['operator', 'oidc', 'service']),
  /** Where a browser goes after `POST /logout`, to sign out at the provider too. */
  signOutUrl: z.string().optional(),
})
export type Me = z.infer<typeof Me>

/** What a sign-in page can offer. */
export const LoginOptions = z.object({
  /** `hoptrace login` prints a link. */
  link: z.boolean(),
  /** Where a browser goes to sign in; `?to=` names the page to come back to. */
  oidc: z.object({ label: z.string(), url: z.string() }).nullable(),
  /** Can the command line sign in with the device flow? */
  device: z.boolean(),
  /** What the device flow wants to know; null without it. */
  deviceClient: z.object({ issuer: z.string(), clientId: z.string(), scope: z.string() }).nullable(),
})
export type LoginOptions = z.infer<typeof LoginOptions>

/** `to` is a path of this server; default `/`. */
export const SignInQuery = z.object({ to: z.string().max(2048).optional() })
export type SignInQuery = z.infer<typeof SignInQuery>

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
