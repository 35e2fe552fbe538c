import { type Checks, gatewayMetrics, type Metrics } from '@hoptrace/telemetry'
import type { Gateway } from '../gateway.ts'

/** Has a gateway's levels read whenever metrics are asked for. */
export function measure(metrics: Metrics, gateway: Gateway): void {
  const { recordings, spoolRoom, relay, runs } = gateway
  metrics.gaugeFrom(gatewayMetrics.openSessions, () => recordings.openCount)
  metrics.gaugeFrom(gatewayMetrics.down, () => (recordings.downBecause === null ? 0 : 1))
  metrics.gaugeFrom(gatewayMetrics.spoolBytes, () => spoolRoom.bytes)
  metrics.gaugeFrom(gatewayMetrics.spoolMaxBytes, () => spoolRoom.maxBytes)
  metrics.gaugeFrom(gatewayMetrics.spoolUnpublished, () => relay?.depth() ?? [])
  metrics.gaugeFrom(gatewayMetrics.spoolAge, () => (relay ? secondsSince(relay.state.oldestWaitingMs) : []))
  metrics.gaugeFrom(gatewayMetrics.runsViewAge, () => runs.state.ageSeconds ?? [])
}

/** What must hold for callers to be let in. */
export function readinessOf({ recordings, spoolRoom, runs, doors }: Gateway): Checks {
  return {
    recording: () => recordings.downBecause === null || 'down',
    spool: () => !spoolRoom.isFull || 'full',
    runs: () => runs.known.isFresh || 'stale',
    doors: () => doors.isOpen || 'not-open',
  }
}

function secondsSince(ms: number | null): number {
  return ms === null ? 0 : Math.max(0, (Date.now() - ms) / 1000)
}
