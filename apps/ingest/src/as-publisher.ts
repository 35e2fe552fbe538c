import type { EventPublisher } from '@hoptrace/bus'
import type { Ingest } from './ingest.ts'

/** Publishes into an ingest in this process: acknowledged means stored. `source` stands in the coordinates of dead letters. */
export function asPublisher(ingest: Ingest, source = 'in-process'): EventPublisher {
  let offset = 0
  return {
    publish(events) {
      return ingest.onBatch(events.map((value) => ({ value, at: { source, partition: '0', offset: offset++ } })))
    },
  }
}
