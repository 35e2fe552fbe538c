import { counter, gauge } from '../metrics/definition.ts'

export const everyProcess = {
  build: gauge('hoptrace_build', 'Always 1: which version this process runs', { version: { atMost: 1 } }),
  unreadMetrics: counter(
    'hoptrace_metric_read_failures_total',
    'Readings that failed while metrics were collected, and are missing from the answer',
  ),
} as const
