import type { MetricDefinition } from '../metrics/definition.ts'
import { apiMetrics } from './api.ts'
import { correlatorMetrics } from './correlator.ts'
import { everyProcess } from './every-process.ts'
import { gatewayMetrics, relayMetrics } from './gateway.ts'
import { ingestMetrics } from './ingest.ts'
import { retentionMetrics } from './retention.ts'

export { apiMetrics, correlatorMetrics, everyProcess, gatewayMetrics, ingestMetrics, relayMetrics, retentionMetrics }

/** Every metric that Hoptrace has of its own, by the process that tells it. */
export const catalogue: Readonly<
  Record<'every process' | 'gateway' | 'ingest' | 'correlator' | 'api' | 'retention', readonly MetricDefinition[]>
> = {
  'every process': Object.values(everyProcess),
  gateway: [...Object.values(gatewayMetrics), ...Object.values(relayMetrics)],
  ingest: Object.values(ingestMetrics),
  correlator: Object.values(correlatorMetrics),
  api: Object.values(apiMetrics),
  retention: Object.values(retentionMetrics),
}
