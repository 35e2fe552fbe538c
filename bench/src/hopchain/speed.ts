import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { SessionEvent } from '@hoptrace/events'
import { chainsOf, DAY_US, dayOf, type Evidenced, type LinkPolicy, linkHops } from '@hoptrace/hopchain'
import type { Row } from '../table.ts'
import { evidencedOf, policyFor, read } from './detect/detect.ts'
import { buildFleet, FIRST_DAY_US } from './generate/fleet.ts'
import { recordFleet } from './record/record-fleet.ts'
import type { PivotRecorder } from './record/record-pivots.ts'

const QUIET = { isForFitting: false, attackDays: 0, lastDays: 0 }

/** What linking costs in one process, without a store: events in memory to hops and chains. CPU time, so that neighbours count less. */
export function speedRows(pivots: PivotRecorder): Row[] {
  const short = aFleet(pivots, 4)
  const long = aFleet(pivots, 20)
  const whole = cpuUs(() => link(evidencedOf(short.events), short.policy))
  const [little, much] = [short, long].map((fleet) => lastDay(fleet)) as [LastDay, LastDay]
  const kib = stateOf(short.events)
  return [
    rateRow('events/s and core: accesses, baselines, hops, chains of four days at once', short.events.length, whole),
    rateRow('events/s and core: hops of the last day alone, two days of evidence loaded', little.events, little.us),
    {
      figure: 'CPU an event of the last day, 19 days before it ÷ 3 days before it',
      value: `${(much.us / much.events).toFixed(1)} µs, ${(little.us / little.events).toFixed(1)} µs`,
      ratio: much.us / much.events / (little.us / little.events),
      bound: { atMost: 1.1 },
      note: 'evidence of two windows is held in both',
    },
    {
      figure: 'memory of two days of evidence ÷ active root principals',
      value: `${kib.toFixed(0)} KiB`,
      ratio: kib / 64,
      bound: { atMost: 1 },
      note: 'ratio to 64 KiB',
    },
  ]
}

type Recorded = { events: SessionEvent[]; policy: LinkPolicy; last: number }

function aFleet(pivots: PivotRecorder, quietDays: number): Recorded {
  const { story } = buildFleet({ seed: `speed-${quietDays}`, ...QUIET, quietDays })
  const events = read(recordFleet(story, pivots).events)
  return { events, policy: policyFor(story.world.sharedOrigin), last: dayOf(FIRST_DAY_US) + quietDays - 1 }
}

type LastDay = { events: number; us: number }

// As the correlator does: the last day is in scope; loaded is what its uses may have flowed from, two windows back.
function lastDay({ events, policy, last }: Recorded): LastDay {
  const near = events.filter(({ ts }) => Math.floor(Number(ts) / DAY_US) >= last - 2)
  const evidenced = evidencedOf(near)
  const scope = new Set(evidenced.accesses.filter(({ start }) => Math.floor(start.tsUs / DAY_US) === last).map(({ id }) => id))
  return { events: dayCounts(events).get(last) ?? 1, us: cpuUs(() => link(evidenced, policy, scope)) }
}

function dayCounts(events: readonly SessionEvent[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { ts, sessionId, bootId } of events) {
    const day = Math.floor(Number(ts) / DAY_US)
    if (sessionId !== bootId) counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  return counts
}

function link(evidenced: Evidenced, policy: LinkPolicy, scope?: ReadonlySet<string>): number {
  const { hops, uses } = linkHops(evidenced, policy, scope)
  return chainsOf(hops, new Map([...evidenced.accesses, ...uses].map((access) => [access.id, access]))).length
}

const ROUNDS = 5

// The least of some rounds: the first ones pay for compiling.
function cpuUs(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return user + system
  })
  return Math.min(...times)
}

function stateOf(events: readonly SessionEvent[]): number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const roots = new Set(events.flatMap(({ rootPrincipal }) => rootPrincipal ?? []))
  const first = Math.min(...events.map(({ ts }) => Math.floor(Number(ts) / DAY_US)))
  const near = events.filter(({ ts }) => Math.floor(Number(ts) / DAY_US) < first + 2)
  gc()
  const before = process.memoryUsage().heapUsed
  const held = evidencedOf(near)
  gc()
  const after = process.memoryUsage().heapUsed
  return held.accesses.length === 0 ? 0 : (after - before) / 1024 / roots.size
}

function rateRow(figure: string, events: number, us: number): Row {
  const rate = (events / us) * 1e6
  return {
    figure: `${figure} ÷ 50 k`,
    value: `${(rate / 1000).toFixed(0)} k`,
    ratio: rate / 50_000,
    bound: { atLeast: 1 },
    note: `${events} events`,
  }
}
