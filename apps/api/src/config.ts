import { KafkaEnvironment, type KafkaSettings, kafkaSettings } from '@hoptrace/bus'
import { type DigestKey, digestKeyOfHex, Name } from '@hoptrace/events'
import { ClickHouseEnvironment, type StoreOptions, storeOptionsOf } from '@hoptrace/store'
import { type TelemetrySettings, telemetrySettings } from '@hoptrace/telemetry'
import { z } from 'zod'
import type { ApiOptions, GatewayAccess } from './api-options.ts'
import { alertPolicyIn } from './process/alert-policy-file.ts'
import { missingOidcSettings, OidcEnvironment, oidcOptionsOf } from './process/oidc-settings.ts'
import { secretOf, secretSetting } from './process/secret-setting.ts'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')
const Url = z.url({ protocol: /^https?$/ })
/** 32 bytes in hex. */
const DIGEST_KEY_LENGTH = 64
const yesOrNo = z.enum(['true', 'false']).transform((word) => word === 'true')

const Environment = z
  .object({
    ...ClickHouseEnvironment,
    // Who views what is recorded over the bus: nothing is shown that is not.
    ...KafkaEnvironment,
    ...OidcEnvironment,
    HOPTRACE_LISTEN: Listen.default('127.0.0.1:6480'),
    /** Where browsers reach the server, when that is not what they ask for: needed for sign-in, and behind a proxy. */
    HOPTRACE_PUBLIC_URL: Url.optional(),
    HOPTRACE_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
    /** Directory of the built web; default the one beside this app. */
    HOPTRACE_WEB: z.string().min(1).optional(),
    /** Whose everybody is where no claim names a tenant. */
    HOPTRACE_TENANT: Name.default('default'),
    /** Names this process's own streams of views. */
    HOPTRACE_API_ID: Name.default('api'),
    /** The control endpoint of that tenant's gateway. */
    HOPTRACE_GATEWAY_URL: Url.optional(),
    /** Those of other tenants: `acme=http://gateway-acme:6470,umbrella=…`. */
    HOPTRACE_GATEWAYS: z.string().transform(gatewayList).optional(),
    /** The operator's token at the gateways. */
    ...secretSetting('HOPTRACE_OPERATOR_TOKEN'),
    /** May whoever sends that token do everything here too? Default only where nobody signs in with a provider. */
    HOPTRACE_OPERATOR_LOGIN: yesOrNo.optional(),
    /** Keeps logins through a restart, and across processes. */
    ...secretSetting('HOPTRACE_COOKIE_SECRET'),
    HOPTRACE_SESSION_HOURS: z.coerce.number().min(0.25).max(24).default(8),
    /** Key for the hashes of service tokens. Another one ends every token. */
    ...secretSetting('HOPTRACE_TOKEN_PEPPER'),
    /** Key of that tenant's digests, 32 bytes in hex, as its gateways have it: what somebody pastes is looked for under it. */
    ...secretSetting('HOPTRACE_DIGEST_KEY', DIGEST_KEY_LENGTH),
    /** A YAML file whose section `alerts` says what matters, as the correlator has it. */
    HOPTRACE_ALERTS_FILE: z.string().min(1).optional(),
    /** How often the store is asked what is new, for pages that follow. */
    HOPTRACE_CHANGES_POLL_MS: z.coerce.number().int().min(100).max(60_000).default(1000),
  })
  .superRefine((env, context) => {
    const missing: string[] = missingOidcSettings(env)
    if (env.HOPTRACE_OIDC_ISSUER !== undefined && env.HOPTRACE_PUBLIC_URL === undefined) missing.push('HOPTRACE_PUBLIC_URL')
    for (const setting of missing) context.addIssue({ code: 'custom', path: [setting], message: 'is needed for HOPTRACE_OIDC_ISSUER' })
  })
type Environment = z.infer<typeof Environment>

export type ApiConfig = {
  listen: { host: string; port: number }
  store: StoreOptions
  kafka: KafkaSettings
  webDirectory: string | null
  pollMs: number
  options: Omit<ApiOptions, 'store' | 'publisher' | 'changes' | 'webDirectory' | 'version'>
}

/** A setting is missing or has no meaning. Names settings, never their values. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
  readonly retryable = false
}

/** The environment of an api that runs by itself. @throws ConfigError, SecretFileError, AlertPolicyError, KafkaConfigError, NoStoreError */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): ApiConfig {
  // Compose and manifests give an empty text for what nobody set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const env = parsed.data
  return {
    listen: hostPort(env.HOPTRACE_LISTEN),
    store: storeOptionsOf(env),
    kafka: kafkaSettings(env, 'hoptrace-api'),
    webDirectory: env.HOPTRACE_WEB ?? null,
    pollMs: env.HOPTRACE_CHANGES_POLL_MS,
    options: optionsOf(env),
  }
}

/** Where this process is watched from. @throws TelemetrySettingError that names the setting, never its value */
export function loadTelemetry(environment: NodeJS.ProcessEnv = process.env): TelemetrySettings {
  return telemetrySettings(environment)
}

function optionsOf(env: Environment): ApiConfig['options'] {
  const token = secretOf(env, 'HOPTRACE_OPERATOR_TOKEN')
  const oidc = oidcOptionsOf(env)
  const operatorLogin = env.HOPTRACE_OPERATOR_LOGIN ?? oidc === undefined
  if (oidc === undefined && (token === undefined || !operatorLogin)) {
    throw new ConfigError('HOPTRACE_OIDC_ISSUER: nobody could sign in; set it, or HOPTRACE_OPERATOR_TOKEN')
  }
  const [sessionSecret, tokenPepper] = [secretOf(env, 'HOPTRACE_COOKIE_SECRET'), secretOf(env, 'HOPTRACE_TOKEN_PEPPER')]
  return {
    tenant: env.HOPTRACE_TENANT,
    gatewayId: env.HOPTRACE_API_ID,
    operatorToken: operatorLogin ? (token ?? null) : null,
    gatewayUrl: null,
    gateways: gatewaysOf(env, token),
    sessionLifetimeMs: env.HOPTRACE_SESSION_HOURS * 3_600_000,
    trustedProxies: env.HOPTRACE_TRUSTED_PROXIES,
    ...(env.HOPTRACE_PUBLIC_URL === undefined ? {} : { publicUrl: env.HOPTRACE_PUBLIC_URL.replace(/\/+$/, '') }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(sessionSecret === undefined ? {} : { sessionSecret }),
    ...(tokenPepper === undefined ? {} : { tokenPepper }),
    ...digestKeysOf(env),
    ...(env.HOPTRACE_ALERTS_FILE === undefined ? {} : { alertPolicy: alertPolicyIn(env.HOPTRACE_ALERTS_FILE) }),
  }
}

function digestKeysOf(env: Environment): Pick<ApiOptions, 'digestKeys'> {
  const hex = secretOf(env, 'HOPTRACE_DIGEST_KEY', DIGEST_KEY_LENGTH)
  if (hex === undefined) return {}
  const key: DigestKey | null = digestKeyOfHex(hex)
  if (key === null) throw new ConfigError('HOPTRACE_DIGEST_KEY: must be 32 bytes in hex')
  return { digestKeys: (tenant) => (tenant === env.HOPTRACE_TENANT ? [key] : []) }
}

function gatewaysOf(env: Environment, token: string | undefined): ReadonlyMap<string, GatewayAccess> {
  const urls = new Map(env.HOPTRACE_GATEWAYS ?? [])
  if (env.HOPTRACE_GATEWAY_URL !== undefined) urls.set(env.HOPTRACE_TENANT, env.HOPTRACE_GATEWAY_URL)
  if (urls.size > 0 && token === undefined) throw new ConfigError('HOPTRACE_OPERATOR_TOKEN: the gateways ask for it')
  return new Map([...urls].map(([tenant, url]) => [tenant, { url, token: token ?? '' }]))
}

function gatewayList(text: string, context: z.RefinementCtx): [string, string][] {
  return text.split(',').flatMap((pair): [string, string][] => {
    const [tenant, url] = [Name.safeParse(pair.slice(0, pair.indexOf('=')).trim()), Url.safeParse(pair.slice(pair.indexOf('=') + 1).trim())]
    if (tenant.success && url.success) return [[tenant.data, url.data]]
    context.addIssue({ code: 'custom', message: 'must be tenant=http://host:port, separated by commas' })
    return []
  })
}

function hostPort(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}
