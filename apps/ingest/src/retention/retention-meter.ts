import { explained, type Log, type Metrics, name, retentionMetrics } from '@hoptrace/telemetry'
import type { RetentionNotice } from './retention-runs.ts'

/** Tells log and metrics of each run. @returns takes each notice */
export function watchRetention(log: Log, metrics: Metrics): (notice: RetentionNotice) => void {
  const listeners = [logRetention(log), meterRetention(metrics)]
  return (notice) => {
    for (const tell of listeners) tell(notice)
  }
}

/** Tells the log of each tenant that lost something, and of runs that failed: how much and as which limit says, never what. */
function logRetention(log: Log): (notice: RetentionNotice) => void {
  return (notice) => {
    if (notice.kind === 'failed') return log.error('retention failed; the next run finishes what this one began', explained(notice.error))
    for (const { tenant, days, expired, events, held, droppedDays } of notice.tenants) {
      if (expired > 0) log.info('retention deleted sessions', { tenant: name(tenant), days, count: expired, events, held, droppedDays })
    }
  }
}

/** Counts what runs delete. @returns takes each notice */
function meterRetention(metrics: Metrics): (notice: RetentionNotice) => void {
  const sessions = metrics.counter(retentionMetrics.sessions)
  const events = metrics.counter(retentionMetrics.events)
  const failures = metrics.counter(retentionMetrics.failures)
  let held = 0
  let ranAtMs = 0
  metrics.gaugeFrom(retentionMetrics.held, () => held)
  metrics.gaugeFrom(retentionMetrics.ran, () => (ranAtMs === 0 ? [] : ranAtMs / 1000))
  return (notice) => {
    if (notice.kind === 'failed') return failures.add({})
    ranAtMs = notice.atMs
    held = notice.tenants.reduce((sum, tenant) => sum + tenant.held, 0)
    for (const tenant of notice.tenants) {
      sessions.add({}, tenant.expired)
      events.add({}, tenant.events)
    }
  }
}
