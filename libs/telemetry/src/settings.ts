import type { Address } from './ops/ops-server.ts'

export type TracingSettings = {
  /** Where spans are posted to. */
  url: string
  /** Share of traces that are kept, from 0 to 1. */
  ratio: number
}

export type TelemetrySettings = {
  /** Address of the ops server; null for none. */
  ops: Address | null
  /** Null: no traces. */
  tracing: TracingSettings | null
}

export class TelemetrySettingError extends Error {
  readonly code = 'BAD_TELEMETRY_SETTING'
  readonly retryable = false
  constructor(
    readonly setting: string,
    problem: string,
  ) {
    super(`${setting}: ${problem}`)
  }
}

/** Share of batches that are traced when nothing else is said. */
const DEFAULT_RATIO = 0.01

/**
 * Reads what every process shares: `HOPTRACE_OPS_LISTEN` (`host:port`, or a port on loopback), and OpenTelemetry's own
 * `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` and `OTEL_TRACES_SAMPLER_ARG` (a share, default 0.01).
 * @throws TelemetrySettingError that names the setting, never its value
 */
export function telemetrySettings(environment: Readonly<Record<string, string | undefined>>): TelemetrySettings {
  return { ops: opsAddress(environment.HOPTRACE_OPS_LISTEN), tracing: tracingSettings(environment) }
}

function opsAddress(listen: string | undefined): Address | null {
  if (listen === undefined || listen === '') return null
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(listen) ?? []
  const port = Number(digits ?? Number.NaN)
  if (!(port <= 65_535)) throw new TelemetrySettingError('HOPTRACE_OPS_LISTEN', 'must be host:port, or a port on loopback')
  return { host: bracketed ?? plain ?? '127.0.0.1', port }
}

function tracingSettings(environment: Readonly<Record<string, string | undefined>>): TracingSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact } = environment
  const given = exact || base
  if (!given) return null
  const setting = exact ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT'
  if (!URL.canParse(given) || !/^https?:/.test(given)) throw new TelemetrySettingError(setting, 'must be an http or https URL')
  return { url: exact ? given : `${given.replace(/\/+$/, '')}/v1/traces`, ratio: ratioOf(environment.OTEL_TRACES_SAMPLER_ARG) }
}

function ratioOf(given: string | undefined): number {
  if (given === undefined || given === '') return DEFAULT_RATIO
  const ratio = Number(given)
  if (!(ratio >= 0 && ratio <= 1)) throw new TelemetrySettingError('OTEL_TRACES_SAMPLER_ARG', 'must be a share from 0 to 1')
  return ratio
}
