import { SessionEvents, Sessions, type Store } from '@hoptrace/store'
import { recordedEvents } from './recorded-events.ts'
import { anIngest, ingestNext, quantile, timed, withStore } from './store-measures.ts'
import type { Row } from './table.ts'

const STORED = 200_000
const READS = 100

/** Quick reads while the same process ingests as fast as it can, against the same reads while nothing else happens. */
export function benchReadsDuringIngest(): Promise<Row[]> {
  return withStore(async (store) => {
    const ingest = anIngest(store)
    const events = recordedEvents(Number.POSITIVE_INFINITY)
    await ingestNext(ingest, events, STORED)
    const idle = await readTimes(store)
    let isReading = true
    let stored = 0
    const ingesting = (async () => {
      while (isReading) stored += await ingestNext(ingest, events, 2_000)
    })()
    const busy = await readTimes(store)
    isReading = false
    await ingesting
    const [busyMs, idleMs] = [quantile(busy, 0.5), quantile(idle, 0.5)]
    return [
      {
        figure: 'quick reads during ingest ÷ idle, p50',
        value: `${busyMs.toFixed(1)} ms, ${idleMs.toFixed(1)} ms`,
        ratio: busyMs / idleMs,
        bound: { atMost: 3 },
        note: `${stored} events stored meanwhile`,
      },
    ]
  })
}

/** One session's events, and its line in a list. @returns ms each */
async function readTimes(store: Store): Promise<number[]> {
  const sessions = new Sessions(store)
  const [latest] = await sessions.list('default', { limit: 1 })
  const id = latest?.sessionId ?? ''
  const events = new SessionEvents(store)
  const times: number[] = []
  for (let read = 0; read < READS; read++) {
    times.push(await timed(() => events.findBySession('default', id)))
    times.push(await timed(() => sessions.find('default', id)))
  }
  return times
}
