import { z } from 'zod'
import type { GroupGrant, OidcOptions } from '../auth/oidc/oidc-options.ts'
import { Algorithms, DEFAULT_ALGORITHMS, Grants, Issuer } from './oidc-settings.ts'

/** The provider as a section of a file: the same settings, with the same defaults, as in an environment. */
export const OidcSection = z.strictObject({
  issuer: Issuer,
  clientId: z.string().min(1),
  /** Where the secret is; without it the client is a public one. */
  clientSecret: z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]).optional(),
  label: z.string().max(64).default('single sign-on'),
  scope: z.string().default('openid profile email'),
  /** Names of claims. */
  claims: z.strictObject({ name: z.string().optional(), tenant: z.string().optional(), groups: z.string().default('groups') }).prefault({}),
  groups: Grants,
  audiences: z.array(z.string().min(1)).default([]),
  algorithms: Algorithms.default(DEFAULT_ALGORITHMS),
  clockToleranceSeconds: z.int().min(0).max(300).default(30),
  deviceClientId: z.string().min(1).optional(),
})
export type OidcSection = z.infer<typeof OidcSection>

/** @param clientSecret as read from where the section says; null for a public client */
export function oidcOptionsIn(section: OidcSection, clientSecret: string | null): OidcOptions {
  const { issuer, clientId, label, scope, claims, groups, audiences, algorithms, clockToleranceSeconds } = section
  const deviceClientId = section.deviceClientId ?? null
  const clients = deviceClientId === null ? [clientId] : [clientId, deviceClientId]
  return {
    ...{ issuer, clientId, clientSecret, label, scope, algorithms, clockToleranceSeconds, deviceClientId },
    claims: { name: claims.name ?? null, tenant: claims.tenant ?? null, groups: claims.groups },
    groups: new Map<string, readonly GroupGrant[]>(Object.entries(groups)),
    audiences: audiences.length > 0 ? audiences : clients,
  }
}
