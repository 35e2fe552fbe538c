import type { PartitionPosition } from '@hoptrace/bus'
import { type Checks, ingestMetrics, lagReadings, ProcessOps, type TelemetrySettings, versionIn } from '@hoptrace/telemetry'
import type { IngestObserver } from '../ingest-observer.ts'
import { IngestMeter } from './ingest-meter.ts'

/** How an ingest is watched. */
export class IngestOps extends ProcessOps {
  readonly observer: IngestObserver

  constructor(settings: TelemetrySettings) {
    super('ingest', versionIn(new URL('../../package.json', import.meta.url)), settings)
    this.observer = new IngestMeter(this.metrics, this.tracing)
  }

  /** Serves probes and metrics where the settings say so. Rejects when the address cannot be had. */
  async serve(positions: () => readonly PartitionPosition[], checks: Checks): Promise<void> {
    this.metrics.gaugeFrom(ingestMetrics.lag, () => lagReadings(positions()))
    await this.listen(checks)
  }
}
