import { recordedEvents } from './recorded-events.ts'
import { anIngest, cpuAnEvent, ingestNext, withStore } from './store-measures.ts'
import { median, type Row } from './table.ts'

const ROUNDS = 5

/** What an event costs to store when there is ten times as much: CPU of ingest and engine, merges too. */
export function benchGrowth(stored = 200_000): Promise<Row[]> {
  return withStore(async (store) => {
    const ingest = anIngest(store)
    const events = recordedEvents(Number.POSITIVE_INFINITY)
    const a = Math.floor(stored / 10)
    const measure = async () => {
      const costs: number[] = []
      for (let round = 0; round < ROUNDS; round++) costs.push(await cpuAnEvent(() => ingestNext(ingest, events, a)))
      return median(costs)
    }
    await ingestNext(ingest, events, stored - a * ROUNDS)
    const before = await measure()
    await ingestNext(ingest, events, 9 * stored - a * ROUNDS)
    const after = await measure()
    const figure = `CPU an event with ${(10 * stored) / 1000} k events stored ÷ with ${stored / 1000} k`
    return [{ figure, value: `${after.toFixed(1)} µs, ${before.toFixed(1)} µs`, ratio: after / before, bound: { atMost: 1.1 } }]
  })
}
