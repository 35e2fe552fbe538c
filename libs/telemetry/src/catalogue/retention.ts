import { counter, gauge } from '../metrics/definition.ts'

/** What the process tells that deletes what its time is over for. */
export const retentionMetrics = {
  sessions: counter('hoptrace_retention_sessions_deleted_total', 'Sessions that were deleted because their time is over'),
  events: counter('hoptrace_retention_events_deleted_total', 'Events of the sessions that were deleted'),
  held: gauge('hoptrace_retention_sessions_held', 'Sessions whose time is over and that holds keep'),
  ran: gauge('hoptrace_retention_ran_timestamp_seconds', 'When the last run began that was done'),
  failures: counter('hoptrace_retention_failures_total', 'Runs that failed; the next one finishes what they began'),
} as const
