import { z } from 'zod'
import type { StoreOptions } from './store.ts'

/** The settings that say which store a process uses, to spread into its configuration's schema. */
export const ClickHouseEnvironment = {
  /** A ClickHouse server or any node of a cluster, `http://host:8123`; without it the store is embedded. */
  HOPTRACE_CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }).optional(),
  HOPTRACE_CLICKHOUSE_USERNAME: z.string().min(1).optional(),
  HOPTRACE_CLICKHOUSE_PASSWORD: z.string().optional(),
  HOPTRACE_CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a plain name')
    .optional(),
  /** Name of the cluster (`remote_servers`) that the tables are spread over; without it they stand on one server. */
  HOPTRACE_CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'must be a plain name')
    .optional(),
  /** Directory of the embedded store. */
  HOPTRACE_STORE: z.string().min(1).optional(),
} as const

const Environment = z.object(ClickHouseEnvironment)
export type ClickHouseEnvironment = z.infer<typeof Environment>

/** Neither a server nor an embedded store is configured. Names the settings, never a value. */
export class NoStoreError extends Error {
  readonly code = 'NO_STORE'
  readonly retryable = false
  constructor() {
    super('HOPTRACE_STORE: set HOPTRACE_CLICKHOUSE_URL, or HOPTRACE_STORE for an embedded store')
  }
}

/** @throws NoStoreError */
export function storeOptionsOf(env: ClickHouseEnvironment): StoreOptions {
  const { HOPTRACE_CLICKHOUSE_URL: url, HOPTRACE_STORE: path } = env
  if (url === undefined) {
    if (path === undefined) throw new NoStoreError()
    return { kind: 'embedded', path }
  }
  const { HOPTRACE_CLICKHOUSE_CLUSTER: cluster, HOPTRACE_CLICKHOUSE_DATABASE: database } = env
  const { HOPTRACE_CLICKHOUSE_USERNAME: username, HOPTRACE_CLICKHOUSE_PASSWORD: password } = env
  return {
    kind: 'http',
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(cluster === undefined ? {} : { cluster: { name: cluster } }),
  }
}
