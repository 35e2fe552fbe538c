import { z } from 'zod'

/** A setting is missing or has no meaning. Names settings, never their values. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
  readonly retryable = false
}

const Environment = z.object({
  HOPTRACE_CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }),
  HOPTRACE_CLICKHOUSE_DATABASE: z.string().min(1).default('default'),
  HOPTRACE_CLICKHOUSE_USERNAME: z.string().min(1).default('default'),
  HOPTRACE_CLICKHOUSE_PASSWORD: z.string().default(''),
  /** How often new events are looked for, in ms. */
  HOPTRACE_CORRELATOR_POLL_MS: z.coerce.number().int().min(50).default(1000),
  /** How much later than others an insert may become visible, in ms: several ingests write at once. */
  HOPTRACE_CORRELATOR_OVERLAP_MS: z.coerce.number().int().min(0).default(10_000),
  /** Addresses that many callers share: proxies, address translation, the gateways' own; separated by commas. */
  HOPTRACE_SHARED_ORIGINS: z.string().default(''),
})

export type CorrelatorConfig = {
  clickhouse: { url: string; database: string; username: string; password: string }
  pollMs: number
  overlapMs: number
  sharedOrigins: string[]
}

/** The environment of a correlator that runs by itself. @throws ConfigError */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): CorrelatorConfig {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))]
    throw new ConfigError(`The correlator cannot start: set ${names.join(', ')} in its environment`)
  }
  const {
    HOPTRACE_CLICKHOUSE_URL: url,
    HOPTRACE_CLICKHOUSE_DATABASE: database,
    HOPTRACE_CLICKHOUSE_USERNAME: username,
    HOPTRACE_CLICKHOUSE_PASSWORD: password,
    ...rest
  } = parsed.data
  const shared = rest.HOPTRACE_SHARED_ORIGINS.split(',').map((address) => address.trim())
  return {
    clickhouse: { url, database, username, password },
    pollMs: rest.HOPTRACE_CORRELATOR_POLL_MS,
    overlapMs: rest.HOPTRACE_CORRELATOR_OVERLAP_MS,
    sharedOrigins: shared.filter((address) => address !== ''),
  }
}
