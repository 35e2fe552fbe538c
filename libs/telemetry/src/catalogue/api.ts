import { counter, gauge, histogram, SECONDS } from '../metrics/definition.ts'

/** Gateways are named in the operators' own configuration. */
const gateway = { atMost: 256 }

/** What the api tells: of the recording as a whole, as the store shows it, and of its own answers. */
export const apiMetrics = {
  silent: gauge('hoptrace_gateway_silent', '1 for a gateway that has not been heard for 30 s', { gateway }),
  heartbeat: gauge('hoptrace_gateway_last_heartbeat_timestamp_seconds', 'When the last stored heartbeat of a gateway was made', {
    gateway,
  }),
  conflicts: gauge('hoptrace_conflicts', 'Sessions that took an event in the last 24 h and hold two different events under one seq'),
  unreadHealth: counter('hoptrace_health_read_failures_total', 'Looks at the health of the recording that failed'),
  answers: counter('hoptrace_api_answers_total', 'Answers of the api', {
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    status: ['2xx', '3xx', '4xx', '5xx'],
  }),
  answering: histogram('hoptrace_api_answer_seconds', 'Time until an answer was sent', SECONDS),
} as const
