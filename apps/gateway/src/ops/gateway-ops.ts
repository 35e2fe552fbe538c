import { ProcessOps, type TelemetrySettings, versionIn } from '@hoptrace/telemetry'
import type { Gateway } from '../gateway.ts'
import type { GatewayObserver } from '../gateway-observer.ts'
import { GatewayCounts } from './gateway-counts.ts'
import { measure, readinessOf } from './gateway-levels.ts'

/** How a gateway is watched. */
export class GatewayOps extends ProcessOps {
  readonly observer: GatewayObserver

  constructor(settings: TelemetrySettings) {
    super('gateway', versionIn(new URL('../../package.json', import.meta.url)), settings)
    this.observer = new GatewayCounts(this.metrics, this.tracing)
  }

  /** Serves probes and metrics where the settings say so. Rejects when the address cannot be had. */
  async serve(gateway: Gateway): Promise<void> {
    measure(this.metrics, gateway)
    await this.listen(readinessOf(gateway))
  }
}
