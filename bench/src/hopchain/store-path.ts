import { Correlator } from '@hoptrace/correlator'
import { HopChains, Hops, type Store } from '@hoptrace/store'
import { anIngest, ingestNext, withStore } from '../store-measures.ts'
import type { Row } from '../table.ts'
import { detect, evidencedOf, policyFor, read } from './detect/detect.ts'
import { buildFleet } from './generate/fleet.ts'
import { recordFleet } from './record/record-fleet.ts'
import type { PivotRecorder } from './record/record-pivots.ts'

/**
 * The same events by the product's whole path: ingested into an embedded store, linked by the correlator from there. Its hops must be
 * those that the figures above rest on. Pivots not seen are left out: they settle by heartbeats, which a fleet does not record.
 */
export async function storePathRows(pivots: PivotRecorder): Promise<Row[]> {
  const { story } = buildFleet({ seed: 'report-1', isForFitting: false, quietDays: 1, attackDays: 2, lastDays: 0 })
  const { events } = recordFleet(story, pivots)
  const policy = policyFor(story.world.sharedOrigin)
  const { hops, accesses } = detect(evidencedOf(read(events)), policy)
  const settled = hops.filter(({ toAccess }) => accesses.get(toAccess)?.kind !== 'unseen')
  const expected = new Set(settled.map(keyOf))
  return withStore(async (store) => {
    await ingestNext(anIngest(store), events[Symbol.iterator](), events.length)
    const [beganMs, before] = [performance.now(), process.cpuUsage()]
    await new Correlator(store, { policy, now: () => 0 }).catchUp()
    const { user, system } = process.cpuUsage(before)
    const seconds = (performance.now() - beganMs) / 1000
    const stored = await storedHops(store)
    const same = stored.filter((key) => expected.has(key)).length
    const all = new Set([...stored, ...expected]).size
    return [
      {
        figure: 'hops by store and correlator that are hops in memory ÷ all of both',
        value: `${same} of ${all}`,
        ratio: same / all,
        bound: { atLeast: 1 },
      },
      {
        figure: 'events/s and core: catching up from an embedded store, its engine included',
        value: `${(events.length / ((user + system) / 1e6) / 1000).toFixed(1)} k`,
        note: `${events.length} events in ${seconds.toFixed(1)} s`,
      },
    ]
  })
}

async function storedHops(store: Store): Promise<string[]> {
  const chains = await new HopChains(store).list('default', { limit: 100_000 })
  const rows = await new Hops(store).findByChains(
    'default',
    chains.map(({ id }) => id),
  )
  return rows.filter(({ isDeleted }) => !isDeleted).map(keyOf)
}

function keyOf({ id, fromAccess, toAccess, score }: { id: string; fromAccess: string; toAccess: string; score: number }): string {
  return `${id} ${fromAccess} ${toAccess} ${score}`
}
