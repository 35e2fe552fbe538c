import {
  type Checks,
  correlatorMetrics,
  lagReadings,
  type Metrics,
  ProcessOps,
  type Reader,
  type TelemetrySettings,
  versionIn,
} from '@hoptrace/telemetry'

/** A correlator's numbers since it began, in whatever way it follows. */
export type CorrelatorNumbers = {
  passes: number
  /** Accesses looked at; of a stream, events linked. */
  accesses: number
  written: number
  truncated: number
  late: number
  evicted: number
  /** Gateways that are not waited for. */
  silent: number
  failures: number
  /** Microseconds of event time; null before anything was linked. */
  analysedToUs: number | null
  lag: readonly { topic: string; partition: number; lag: number | null }[]
}

/** Has a correlator's numbers read whenever metrics are asked for. */
export function measure(metrics: Metrics, numbers: () => CorrelatorNumbers): void {
  const count =
    (of: Exclude<keyof CorrelatorNumbers, 'analysedToUs' | 'lag' | 'silent'>): Reader<Record<never, never>> =>
    () =>
      numbers()[of]
  metrics.countFrom(correlatorMetrics.passes, count('passes'))
  metrics.countFrom(correlatorMetrics.accesses, count('accesses'))
  metrics.countFrom(correlatorMetrics.written, count('written'))
  metrics.countFrom(correlatorMetrics.truncated, count('truncated'))
  metrics.countFrom(correlatorMetrics.late, count('late'))
  metrics.countFrom(correlatorMetrics.evicted, count('evicted'))
  metrics.gaugeFrom(correlatorMetrics.silent, () => numbers().silent)
  metrics.countFrom(correlatorMetrics.failures, count('failures'))
  metrics.gaugeFrom(correlatorMetrics.analysedTo, () => {
    const { analysedToUs } = numbers()
    return analysedToUs === null ? [] : analysedToUs / 1e6
  })
  metrics.gaugeFrom(correlatorMetrics.lag, () => lagReadings(numbers().lag))
}

/** How a correlator that runs by itself is watched. */
export class CorrelatorOps extends ProcessOps {
  constructor(settings: TelemetrySettings) {
    super('correlator', versionIn(new URL('../../package.json', import.meta.url)), settings)
  }

  /** Serves probes and metrics where the settings say so. Rejects when the address cannot be had. */
  async serve(numbers: () => CorrelatorNumbers, checks: Checks): Promise<void> {
    measure(this.metrics, numbers)
    await this.listen(checks)
  }
}
