import { z } from 'zod'

/** The environment of a process that only ingests. */
export const IngestConfig = z
  .object({
    /** Directory of the gateway's spool. */
    HOPTRACE_SPOOL: z.string().min(1),
    /** A ClickHouse server, `http://host:8123`; without it the store is embedded. */
    HOPTRACE_CLICKHOUSE_URL: z.url().optional(),
    HOPTRACE_CLICKHOUSE_USERNAME: z.string().optional(),
    HOPTRACE_CLICKHOUSE_PASSWORD: z.string().optional(),
    HOPTRACE_CLICKHOUSE_DATABASE: z.string().optional(),
    /** Directory of the embedded store. */
    HOPTRACE_STORE: z.string().min(1).optional(),
    /** Tenant under which dead letters are kept. */
    HOPTRACE_TENANT: z.string().min(1).default('default'),
  })
  .refine((env) => env.HOPTRACE_CLICKHOUSE_URL !== undefined || env.HOPTRACE_STORE !== undefined, {
    path: ['HOPTRACE_STORE'],
    message: 'set HOPTRACE_CLICKHOUSE_URL, or HOPTRACE_STORE for an embedded store',
  })
export type IngestConfig = z.infer<typeof IngestConfig>

export class ConfigError extends Error {
  readonly code = 'BAD_CONFIGURATION'
  readonly retryable = false
}

/** @throws ConfigError naming each bad setting, never its value */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): IngestConfig {
  const parsed = IngestConfig.safeParse(environment)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
