import { z } from 'zod'
import type { GroupGrant, OidcOptions } from '../auth/oidc/oidc-options.ts'
import { Role } from '../contract/index.ts'
import { secretOf, secretSetting } from './secret-setting.ts'

const words = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((list) => list.split(/[\s,]+/).filter((word) => word !== ''))

/** What membership of each group gives. */
export const Grants = z.record(z.string(), z.array(z.enum([...Role.options, 'reveal'])))

export const Issuer = z.url({ protocol: /^https?$/ }).refine(isSafe, 'must be https, unless the provider is on this machine')
export const Algorithms = z.array(z.string().regex(/^(?:(?:RS|PS|ES)\d{3}|EdDSA|Ed25519)$/)).min(1)
export const DEFAULT_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** The provider at which people sign in. */
export const OidcEnvironment = {
  /** `https://…`; plain http only on this machine. Without it nobody signs in with a provider. */
  HOPTRACE_OIDC_ISSUER: Issuer.optional(),
  HOPTRACE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  ...secretSetting('HOPTRACE_OIDC_CLIENT_SECRET', 1),
  /** What the sign-in page calls the provider. */
  HOPTRACE_OIDC_LABEL: z.string().max(64).default('single sign-on'),
  HOPTRACE_OIDC_SCOPE: z.string().default('openid profile email'),
  /** Names of claims. */
  HOPTRACE_OIDC_NAME_CLAIM: z.string().optional(),
  HOPTRACE_OIDC_TENANT_CLAIM: z.string().optional(),
  HOPTRACE_OIDC_GROUPS_CLAIM: z.string().default('groups'),
  /** JSON: what membership of each group gives, `{"sec-ops":["investigator","responder"],"vault":["reveal"]}`. */
  HOPTRACE_OIDC_GROUPS: z.string().transform(jsonOf).pipe(Grants).optional(),
  /** Who bearer tokens must be for; default the two clients here. */
  HOPTRACE_OIDC_AUDIENCES: words(''),
  HOPTRACE_OIDC_ALGORITHMS: words(DEFAULT_ALGORITHMS.join()).pipe(Algorithms),
  HOPTRACE_OIDC_CLOCK_TOLERANCE_SECONDS: z.coerce.number().int().min(0).max(300).default(30),
  /** The command line's client, for the device flow. */
  HOPTRACE_OIDC_DEVICE_CLIENT_ID: z.string().min(1).optional(),
}

type Environment = z.output<z.ZodObject<typeof OidcEnvironment>>

/** Settings that a provider needs and that are not there. */
export function missingOidcSettings(env: Environment): string[] {
  if (env.HOPTRACE_OIDC_ISSUER === undefined) return []
  return (['HOPTRACE_OIDC_CLIENT_ID', 'HOPTRACE_OIDC_GROUPS'] as const).filter((setting) => env[setting] === undefined)
}

/** Undefined without a provider. @throws SecretFileError */
export function oidcOptionsOf(env: Environment): OidcOptions | undefined {
  const { HOPTRACE_OIDC_ISSUER: issuer, HOPTRACE_OIDC_CLIENT_ID: clientId, HOPTRACE_OIDC_GROUPS: groups } = env
  if (issuer === undefined || clientId === undefined || groups === undefined) return undefined
  const deviceClientId = env.HOPTRACE_OIDC_DEVICE_CLIENT_ID ?? null
  const clients = deviceClientId === null ? [clientId] : [clientId, deviceClientId]
  return {
    issuer,
    clientId,
    clientSecret: secretOf(env, 'HOPTRACE_OIDC_CLIENT_SECRET', 1) ?? null,
    label: env.HOPTRACE_OIDC_LABEL,
    scope: env.HOPTRACE_OIDC_SCOPE,
    claims: {
      name: env.HOPTRACE_OIDC_NAME_CLAIM ?? null,
      tenant: env.HOPTRACE_OIDC_TENANT_CLAIM ?? null,
      groups: env.HOPTRACE_OIDC_GROUPS_CLAIM,
    },
    groups: new Map<string, readonly GroupGrant[]>(Object.entries(groups)),
    audiences: env.HOPTRACE_OIDC_AUDIENCES.length > 0 ? env.HOPTRACE_OIDC_AUDIENCES : clients,
    algorithms: env.HOPTRACE_OIDC_ALGORITHMS,
    clockToleranceSeconds: env.HOPTRACE_OIDC_CLOCK_TOLERANCE_SECONDS,
    deviceClientId,
  }
}

function isSafe(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
}

function jsonOf(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  }
}
