/** Topics of the bus. Events are keyed by session, so that each session stays in order. */
export const topics = {
  events: 'hoptrace.events.v1',
  deadLetters: 'hoptrace.dead-letters.v1',
  runs: 'hoptrace.runs.v1',
  accesses: 'hoptrace.accesses.v1',
  sightings: 'hoptrace.sightings.v1',
  alerts: 'hoptrace.alerts.v1',
} as const
