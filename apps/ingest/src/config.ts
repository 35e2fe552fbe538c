import { KafkaEnvironment, type KafkaSettings, kafkaSettings } from '@hoptrace/bus'
import { Name } from '@hoptrace/events'
import {
  ClickHouseEnvironment,
  RetentionEnvironment,
  type RetentionPolicy,
  retentionPolicyOf,
  type StoreOptions,
  storeOptionsOf,
} from '@hoptrace/store'
import { type TelemetrySettings, telemetrySettings } from '@hoptrace/telemetry'
import { z } from 'zod'

const { KAFKA_BROKERS, ...kafkaDetails } = KafkaEnvironment

/** The environment of a process that only ingests. */
export const IngestConfig = z
  .object({
    /** Brokers of the bus; without them the process tails a gateway's spool. */
    KAFKA_BROKERS: KAFKA_BROKERS.optional(),
    ...kafkaDetails,
    ...ClickHouseEnvironment,
    /** Directory of the gateway's spool, where there are no brokers. */
    HOPTRACE_SPOOL: z.string().min(1).optional(),
    /** Tenant under which dead letters are kept: what a message that is not understood claims is not believed. */
    HOPTRACE_TENANT: Name.default('default'),
    /** File with the key under which what a producer did not digest is digested: 32 bytes in hex, as the gateway has it. */
    HOPTRACE_DIGEST_KEY_FILE: z.string().min(1).optional(),
    /** The same key itself, where there is no file. */
    HOPTRACE_DIGEST_KEY: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 32 bytes in hex')
      .optional(),
    /** Processes of one group share the partitions. */
    HOPTRACE_INGEST_GROUP: z.string().min(1).default('hoptrace-ingest'),
  })
  .refine((env) => env.KAFKA_BROKERS !== undefined || env.HOPTRACE_SPOOL !== undefined, {
    path: ['KAFKA_BROKERS'],
    message: 'set KAFKA_BROKERS, or HOPTRACE_SPOOL for the spool of a gateway on this machine',
  })
  .refine((env) => env.HOPTRACE_CLICKHOUSE_URL !== undefined || env.HOPTRACE_STORE !== undefined, {
    path: ['HOPTRACE_STORE'],
    message: 'set HOPTRACE_CLICKHOUSE_URL, or HOPTRACE_STORE for an embedded store',
  })
export type IngestConfig = z.infer<typeof IngestConfig>

/** Where a process reads from. */
export type Source = { kind: 'kafka'; settings: KafkaSettings; groupId: string } | { kind: 'spool'; directory: string }

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

/** Where this process is watched from. @throws TelemetrySettingError naming the setting, never its value */
export function readTelemetry(environment: NodeJS.ProcessEnv = process.env): TelemetrySettings {
  return telemetrySettings(environment)
}

/** @throws KafkaConfigError naming a setting that is missing, or whose file cannot be read */
export function sourceOf(config: IngestConfig): Source {
  const { KAFKA_BROKERS: brokers, HOPTRACE_SPOOL: directory, HOPTRACE_INGEST_GROUP: groupId } = config
  if (brokers === undefined) return { kind: 'spool', directory: directory ?? '' }
  return { kind: 'kafka', settings: kafkaSettings({ ...config, KAFKA_BROKERS: brokers }, 'hoptrace-ingest'), groupId }
}

/** The store alone, for who only migrates it. @throws ConfigError, NoStoreError */
export function readMigrationConfig(environment: NodeJS.ProcessEnv = process.env): StoreOptions {
  const parsed = z.object(ClickHouseEnvironment).safeParse(environment)
  if (parsed.success) return storeOptionsOf(parsed.data)
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}

const RetentionConfig = z.object({
  ...ClickHouseEnvironment,
  ...RetentionEnvironment,
  /** From one run to the next. */
  HOPTRACE_RETENTION_EVERY_MINUTES: z.coerce.number().int().min(1).max(1440).default(60),
})
export type RetentionSettings = { store: StoreOptions; policy: RetentionPolicy; everyMs: number }

/** What is kept for how long, for the process that deletes. @throws ConfigError, NoStoreError, RetentionError */
export function readRetentionConfig(environment: NodeJS.ProcessEnv = process.env): RetentionSettings {
  // Compose and manifests give an empty text for what nobody set.
  const parsed = RetentionConfig.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')))
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  const { HOPTRACE_RETENTION_EVERY_MINUTES: minutes } = parsed.data
  return { store: storeOptionsOf(parsed.data), policy: retentionPolicyOf(parsed.data), everyMs: minutes * 60_000 }
}

export function storeOf(config: IngestConfig): StoreOptions {
  return storeOptionsOf(config)
}
