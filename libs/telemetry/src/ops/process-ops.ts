import { Metrics } from '../metrics/metrics.ts'
import type { TelemetrySettings } from '../settings.ts'
import { Tracing } from '../tracing/tracing.ts'
import type { Checks } from './checks.ts'
import { type Address, OpsServer } from './ops-server.ts'

/** How a process is watched: its numbers and traces, and its probes where the settings say so. */
export class ProcessOps {
  readonly metrics: Metrics
  readonly tracing: Tracing
  private server: OpsServer | null = null

  /** @param process as logs and traces call it */
  constructor(
    process: string,
    version: string,
    private readonly settings: TelemetrySettings,
  ) {
    this.metrics = new Metrics(version)
    this.tracing = new Tracing(process, version, settings.tracing)
  }

  /** Serves probes and metrics, if anywhere. Rejects when the address cannot be had. */
  async listen(checks: Checks): Promise<void> {
    const { ops } = this.settings
    if (ops) this.server = await OpsServer.start({ listen: ops, metrics: this.metrics, checks })
  }

  /** Where it serves them; null where it does not. */
  get address(): Address | null {
    return this.server?.address ?? null
  }

  /** Not ready any more: whoever routes callers here stops. */
  drain(): void {
    this.server?.drain()
  }

  async close(): Promise<void> {
    await Promise.all([this.server?.close(), this.tracing.close()])
  }
}
