import { KafkaEnvironment, type KafkaSettings, kafkaSettings } from '@hoptrace/bus'
import { ClickHouseEnvironment, type StoreOptions, storeOptionsOf } from '@hoptrace/store'
import { type TelemetrySettings, telemetrySettings } from '@hoptrace/telemetry'
import { z } from 'zod'
import { type AlertConfig, alertConfigIn } from './alerts/alert-settings-file.ts'

/** A setting is missing or has no meaning. Names settings, never their values. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
  readonly retryable = false
}

const { HOPTRACE_STORE: _, HOPTRACE_CLICKHOUSE_URL, ...clickHouseDetails } = ClickHouseEnvironment
const { KAFKA_BROKERS, ...kafkaDetails } = KafkaEnvironment

const Environment = z.object({
  // One process holds an embedded store: a correlator by itself needs a server.
  HOPTRACE_CLICKHOUSE_URL: HOPTRACE_CLICKHOUSE_URL.unwrap(),
  ...clickHouseDetails,
  /** Brokers of the bus; without them the correlator follows what is stored. */
  KAFKA_BROKERS: KAFKA_BROKERS.optional(),
  ...kafkaDetails,
  /** Without brokers: how often new events are looked for, in ms. */
  HOPTRACE_CORRELATOR_POLL_MS: z.coerce.number().int().min(50).default(1000),
  /** How much later than others an insert may become visible, in ms: several ingests write at once. */
  HOPTRACE_CORRELATOR_OVERLAP_MS: z.coerce.number().int().min(0).default(10_000),
  /** With brokers: a gateway that says nothing for this long is not waited for, in ms. */
  HOPTRACE_CORRELATOR_SILENCE_MS: z.coerce.number().int().min(1000).default(30_000),
  /** With brokers: how many events are held until their order is known. */
  HOPTRACE_CORRELATOR_MAX_HELD: z.coerce.number().int().min(100).default(100_000),
  /** Addresses and host names that many callers share: proxies, address translation, the gateways' own; separated by commas. */
  HOPTRACE_SHARED_ORIGINS: z.string().default(''),
  /** A YAML file whose section `alerts` says what matters and who is told. */
  HOPTRACE_ALERTS_FILE: z.string().min(1).optional(),
  /** Where people reach the workbench: what is told of an alert leads there. */
  HOPTRACE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
})

/** What a correlator follows. */
export type Source =
  | { kind: 'kafka'; settings: KafkaSettings; silenceMs: number; maxHeld: number; overlapMs: number }
  | { kind: 'store'; pollMs: number; overlapMs: number }

export type CorrelatorConfig = {
  store: StoreOptions
  source: Source
  sharedOrigins: string[]
  alerts: AlertConfig
  /** Without a slash at its end; null where nobody said. */
  workbench: string | null
}

/** The environment of a correlator that runs by itself. @throws ConfigError, KafkaConfigError, AlertSettingsError */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): CorrelatorConfig {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))]
    throw new ConfigError(`The correlator cannot start: set ${names.join(', ')} in its environment`)
  }
  const shared = parsed.data.HOPTRACE_SHARED_ORIGINS.split(',').map((address) => address.trim())
  return {
    store: storeOptionsOf(parsed.data),
    source: sourceOf(parsed.data),
    sharedOrigins: shared.filter((address) => address !== ''),
    alerts: alertConfigIn(parsed.data.HOPTRACE_ALERTS_FILE ?? null, environment),
    workbench: parsed.data.HOPTRACE_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  }
}

/** Where this process is watched from. @throws TelemetrySettingError that names the setting, never its value */
export function loadTelemetry(environment: NodeJS.ProcessEnv = process.env): TelemetrySettings {
  return telemetrySettings(environment)
}

function sourceOf(env: z.infer<typeof Environment>): Source {
  const { KAFKA_BROKERS: brokers, HOPTRACE_CORRELATOR_OVERLAP_MS: overlapMs } = env
  if (brokers === undefined) return { kind: 'store', pollMs: env.HOPTRACE_CORRELATOR_POLL_MS, overlapMs }
  const settings = kafkaSettings({ ...env, KAFKA_BROKERS: brokers }, 'hoptrace-correlator')
  const { HOPTRACE_CORRELATOR_SILENCE_MS: silenceMs, HOPTRACE_CORRELATOR_MAX_HELD: maxHeld } = env
  return { kind: 'kafka', settings, silenceMs, maxHeld, overlapMs }
}
