import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type OidcOptions, OidcSection, oidcOptionsIn } from '@hoptrace/api'
import { Name } from '@hoptrace/events'
import { AlertSettings, type SecretSource } from '@hoptrace/rules'
import { type TelemetrySettings, telemetrySettings } from '@hoptrace/telemetry'
import { parse } from 'yaml'
import { z } from 'zod'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')

/** What the platform and the command line read of hoptrace.yaml; the gateway reads its own part, and says what is wrong with it. */
const StandaloneFile = z
  .object({
    tenant: Name.default('default'),
    dataDir: z.string().min(1).default('.hoptrace'),
    gateway: z
      .object({
        control: z.object({ listen: Listen }).default({ listen: '127.0.0.1:6470' }),
        tlsNames: z.array(z.string()).default([]),
      })
      .prefault({}),
    api: z
      .strictObject({
        listen: Listen.default('127.0.0.1:6480'),
        /** Where browsers reach it, when that is not what it listens on: needed for sign-in. */
        publicUrl: z.url({ protocol: /^https?$/ }).optional(),
      })
      .prefault({}),
    /** Where people sign in; without it, with the operator's token and links alone. */
    oidc: OidcSection.optional(),
    /** For how long sessions are kept; without it for ever. */
    retention: z.strictObject({ days: z.int().min(1).max(36_500) }).optional(),
    /** What matters, what is meant to happen, and who is told. */
    alerts: AlertSettings.prefault({}),
  })
  .refine(({ oidc, api }) => oidc === undefined || api.publicUrl !== undefined, { path: ['api', 'publicUrl'], error: 'is needed for oidc' })

export type StandaloneConfig = {
  /** The file that was read; null when there is none, and the defaults count. */
  file: string | null
  tenant: string
  dataDir: string
  apiListen: string
  gatewayUrl: string
  /** Names and addresses by which callers reach the gateway, as far as they are configured. */
  gatewayNames: string[]
  /** Null: nobody says where browsers reach it. */
  publicUrl: string | null
  /** Null without a provider. */
  oidc: OidcOptions | null
  /** Null: everything is kept. */
  retentionDays: number | null
  alerts: AlertSettings
}

/** The environment that this app reads. */
const Environment = z.object({
  HOPTRACE_CONFIG: z.string().optional(),
  /** Where the command line finds the api. */
  HOPTRACE_URL: z.url().optional(),
  /** A run's token, a service token, or an operator's. */
  HOPTRACE_TOKEN: z.string().optional(),
  /** Where the command line keeps logins (XDG Base Directory Specification). */
  XDG_CONFIG_HOME: z.string().optional(),
})

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'
  readonly retryable = false
}

/**
 * Reads hoptrace.yaml. Relative paths in it are relative to it.
 * @param path from `--config`; default HOPTRACE_CONFIG, then ./hoptrace.yaml, which may be absent
 * @param isSecretRead by the platform: it needs the provider's client secret
 * @throws ConfigError that names every bad setting, never its value
 */
export function loadConfig(path?: string, { isSecretRead = false } = {}): StandaloneConfig {
  const named = path ?? environment().HOPTRACE_CONFIG
  const file = resolve(named ?? 'hoptrace.yaml')
  if (named !== undefined && !existsSync(file)) throw new ConfigError(`There is no configuration file ${file}`)
  const isThere = existsSync(file)
  const read = StandaloneFile.safeParse(isThere ? documentIn(file) : {})
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new ConfigError(`${file} cannot be used:\n${problems.join('\n')}`)
  }
  const { tenant, dataDir, gateway, api, oidc, retention, alerts } = read.data
  return {
    file: isThere ? file : null,
    tenant,
    dataDir: resolve(dirname(file), dataDir),
    apiListen: api.listen,
    gatewayUrl: `http://${gateway.control.listen}`,
    gatewayNames: gateway.tlsNames,
    publicUrl: api.publicUrl?.replace(/\/+$/, '') ?? null,
    // The platform alone reads the client's secret: commands run where nobody may read it.
    oidc: oidc && isSecretRead ? oidcOptionsIn(oidc, clientSecretOf(oidc, dirname(file))) : null,
    retentionDays: retention?.days ?? null,
    alerts,
  }
}

/** @throws ConfigError that names the setting, never its value */
function clientSecretOf({ clientSecret: source }: OidcSection, directory: string): string | null {
  if (source === undefined) return null
  const secret = 'env' in source ? process.env[source.env] : contentOf(resolve(directory, source.file))
  if (!secret) throw new ConfigError('oidc.clientSecret: its variable is not set, or its file cannot be read')
  return secret
}

/** The secret of a destination that alerts are sent to. @throws ConfigError that names the setting, never its value */
export function alertSecretOf({ file }: StandaloneConfig, source: SecretSource): string {
  const secret = 'env' in source ? process.env[source.env] : contentOf(resolve(dirname(file ?? '.'), source.file))
  if (!secret) throw new ConfigError('alerts.destinations: the variable of a secret is not set, or its file cannot be read')
  return secret
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}

function documentIn(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {}
  } catch {
    // The parser quotes the file, where somebody may have written a secret.
    throw new ConfigError(`${file} is not YAML`)
  }
}

/** @throws ConfigError that names the bad setting */
export function environment(): z.infer<typeof Environment> {
  const read = Environment.safeParse(process.env)
  if (read.success) return read.data
  throw new ConfigError(`${read.error.issues[0]?.path.join('.')}: ${read.error.issues[0]?.message}`)
}

/** Where the platform is watched from. @throws TelemetrySettingError that names the setting, never its value */
export function platformTelemetry(): TelemetrySettings {
  return telemetrySettings(process.env)
}

/** The environment of a child process: this one's, and what it is told. */
export function childEnvironment(config: StandaloneConfig, which: 'gateway' | 'platform'): NodeJS.ProcessEnv {
  const { HOPTRACE_GATEWAY_OPS_LISTEN: gatewayOps = '', HOPTRACE_OPS_LISTEN: platformOps = '' } = process.env
  return {
    ...process.env,
    // Two processes, two addresses.
    HOPTRACE_OPS_LISTEN: which === 'gateway' ? gatewayOps : platformOps,
    // The engine's slow queries run on libuv's threads; with the default of four they starve the file system.
    UV_THREADPOOL_SIZE: '16',
    ...(config.file === null ? {} : { HOPTRACE_CONFIG: config.file }),
  }
}

/** `host:port`, IPv6 in brackets. */
export function splitHostPort(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}
