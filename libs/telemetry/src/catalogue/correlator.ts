import { counter, gauge, histogram } from '../metrics/definition.ts'

/** What the correlator tells: how far linking has come, and what it left out. */
export const correlatorMetrics = {
  lag: gauge('hoptrace_correlator_lag_messages', 'Messages that stand in the topics behind what was linked', {
    partition: { atMost: 1024 },
  }),
  analysedTo: gauge('hoptrace_correlator_analysed_to_timestamp_seconds', 'Event time up to which hops were linked'),
  passes: counter('hoptrace_correlator_passes_total', 'Passes over new accesses'),
  accesses: counter('hoptrace_correlator_accesses_total', 'Accesses that were looked at'),
  written: counter('hoptrace_correlator_rows_written_total', 'Hops, members and chains that were written'),
  truncated: counter('hoptrace_correlator_truncated_total', 'Passes in which a value had more sightings than are read'),
  late: counter('hoptrace_correlator_late_total', 'Accesses and sightings that came after the watermark'),
  evicted: counter('hoptrace_correlator_evicted_total', 'Accesses and sightings that the window let go of'),
  silent: gauge('hoptrace_correlator_silent_gateways', 'Gateways that are not waited for: while there are any, what is linked is partial'),
  failures: counter('hoptrace_correlator_failures_total', 'Passes that failed and are repeated'),
  alertsRaised: counter('hoptrace_alerts_raised_total', 'Alerts that were raised', { response: ['page', 'queue', 'log'] }),
  alertLag: histogram(
    'hoptrace_alert_lag_seconds',
    'From the event that an alert rests on last until it was raised; long where old recordings are taken in',
    [0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400],
  ),
  alertDeliveries: counter('hoptrace_alert_deliveries_total', 'Attempts to tell of alerts', {
    outcome: ['delivered', 'retried', 'failed'],
  }),
  rulesFaulty: gauge('hoptrace_rules_faulty', 'Rules that cannot be used, and are left out'),
} as const
