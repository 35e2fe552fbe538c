import { apiMetrics, type Metrics } from '@hoptrace/telemetry'
import type { ConflictWatch } from '../health/conflict-watch.ts'
import type { GatewayWatch } from '../health/gateway-watch.ts'
import type { Answered } from './answer-meter.ts'

const METHODS = apiMetrics.answers.labels.method
const STATUSES = apiMetrics.answers.labels.status

/** Counts an api's answers. @returns takes each of them */
export function countAnswers(metrics: Metrics): (answered: Answered) => void {
  const answers = metrics.counter(apiMetrics.answers)
  const seconds = metrics.histogram(apiMetrics.answering)
  return ({ method, status, durationMs }) => {
    const known = METHODS.find((each) => each === method)
    const hundreds = STATUSES.find((each) => each.startsWith(String(Math.floor(status / 100))))
    if (known && hundreds) answers.add({ method: known, status: hundreds })
    seconds.observe({}, durationMs / 1000)
  }
}

/** Has what the watches saw read whenever metrics are asked for. */
export function measureHealth(metrics: Metrics, watch: GatewayWatch, conflicts: ConflictWatch): void {
  metrics.gaugeFrom(apiMetrics.silent, () => watch.gateways.map(({ gatewayId, isSilent }) => [{ gateway: gatewayId }, isSilent ? 1 : 0]))
  metrics.gaugeFrom(apiMetrics.heartbeat, () =>
    watch.gateways.map(({ gatewayId, lastHeartbeatMs }) => [{ gateway: gatewayId }, lastHeartbeatMs / 1000]),
  )
  metrics.gaugeFrom(apiMetrics.conflicts, () => conflicts.count)
  metrics.countFrom(apiMetrics.unreadHealth, () => watch.failures + conflicts.failures)
}
