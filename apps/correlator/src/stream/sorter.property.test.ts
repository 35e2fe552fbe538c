import { comparePlaces } from '@hoptrace/hopchain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Noted, Sorter } from './sorter.ts'

const PARTITIONS = ['accesses/0', 'accesses/1', 'sightings/0']

/** Each note as it stands in one partition of the notes, in the order of the clock. */
const recorded = fc
  .array(fc.record({ partition: fc.nat(2), stepUs: fc.nat(5), stream: fc.constantFrom('a', 'b', 'c') }), { maxLength: 60 })
  .map((steps) => steps.map((step, seq) => ({ ...step, seq, tsUs: steps.slice(0, seq + 1).reduce((sum, { stepUs }) => sum + stepUs, 1) })))

describe('what comes out of the sorter', () => {
  it('is the same for every arrival order that the partitions allow, every batch size and every repetition', () => {
    fc.assert(
      fc.property(recorded, fc.array(fc.nat(2), { minLength: 200 }), fc.integer({ min: 1, max: 20 }), (steps, turns, batch) => {
        const { released, sorter } = run(queuesOf(steps), turns, batch, 1000)
        expect(released.map(placeOf)).toEqual([...steps.map(asNoted)].sort(comparePlaces).map(placeOf))
        expect(sorter.counts).toEqual({ late: 0, evicted: 0, unwatermarked: 0 })
      }),
    )
  })

  it('is everything, however little room there is; what had to go early is counted', () => {
    fc.assert(
      fc.property(recorded, fc.array(fc.nat(2), { minLength: 200 }), fc.integer({ min: 0, max: 5 }), (steps, turns, maxHeld) => {
        const { released, sorter } = run(queuesOf(steps), turns, 1, maxHeld)
        expect(new Set(released.map(placeOf))).toEqual(new Set(steps.map(asNoted).map(placeOf)))
        // What comes again is given out again.
        const first = released.filter((noted, at) => released.findIndex((other) => placeOf(other) === placeOf(noted)) === at)
        const isInOrder = first.every((noted, at) => at === 0 || comparePlaces(first[at - 1] ?? noted, noted) <= 0)
        expect(isInOrder || sorter.counts.late > 0).toBe(true)
        if (sorter.counts.late > 0) expect(sorter.counts.evicted).toBeGreaterThan(0)
      }),
    )
  })
})

describe('the sorter', () => {
  const noted = (tsUs: number, receivedMs = 0): Noted => ({ tenant: 't', stream: 'a', seq: tsUs, tsUs, refs: [], receivedMs })

  it('gives out what comes late at the next release, and counts it', () => {
    const sorter = new Sorter(10)
    sorter.add(noted(5))
    sorter.release({ reachedUs: () => 7, overdueMs: 0 })
    sorter.add(noted(3))
    expect(sorter.release({ reachedUs: () => 7, overdueMs: 0 })).toMatchObject([{ tsUs: 3 }])
    expect(sorter.counts.late).toBe(1)
  })

  it('waits for no watermark longer than it may', () => {
    const sorter = new Sorter(10)
    sorter.add(noted(5, 100))
    sorter.add(noted(4, 200))
    expect(sorter.release({ reachedUs: () => null, overdueMs: 150 })).toMatchObject([{ tsUs: 5 }])
    expect(sorter.counts.unwatermarked).toBe(1)
    expect(sorter.size).toBe(1)
  })

  it('takes what comes again for no late comer, and gives it out again', () => {
    const sorter = new Sorter(10)
    for (const time of [1, 2]) {
      for (const tsUs of [3, 5]) sorter.add(noted(tsUs, time))
      expect(sorter.release({ reachedUs: () => 7, overdueMs: 0 })).toMatchObject([{ tsUs: 3 }, { tsUs: 5 }])
    }
    expect(sorter.counts.late).toBe(0)
  })

  it('takes nothing for late because of an event that a clock put years ahead', () => {
    const sorter = new Sorter(10)
    sorter.add(noted(9_000_000, 1))
    expect(sorter.release({ reachedUs: () => 7, overdueMs: 2 })).toHaveLength(1)
    sorter.add(noted(8, 3))
    sorter.release({ reachedUs: () => 9, overdueMs: 2 })
    expect(sorter.counts).toEqual({ late: 0, evicted: 0, unwatermarked: 1 })
  })

  it('keeps where every note of one event stood', () => {
    const sorter = new Sorter(10)
    for (const offset of [3, 9]) sorter.add({ ...noted(5), refs: [{ partition: 'p', offset }] })
    const [only] = sorter.release({ reachedUs: () => 5, overdueMs: 0 })
    expect(only?.refs.map(({ offset }) => offset)).toEqual([3, 9])
  })
})

type Step = { partition: number; stream: string; seq: number; tsUs: number }
type Message = { noted: Noted } | { reachedUs: number }

// After every third event each partition says that nothing earlier will come; at the end once more.
function queuesOf(steps: readonly Step[]): Message[][] {
  const queues: Message[][] = PARTITIONS.map(() => [])
  const reached = (reachedUs: number): void => {
    for (const queue of queues) queue.push({ reachedUs })
  }
  for (const step of steps) {
    queues[step.partition]?.push({ noted: asNoted(step) })
    if (step.seq % 4 === 0) queues[(step.partition + 1) % 3]?.push({ noted: asNoted(step) })
    // The clock is past this event; the next may still have the same moment.
    if (step.seq % 3 === 0) reached(step.tsUs - 1)
  }
  reached(Number.MAX_SAFE_INTEGER)
  return queues
}

function run(
  queues: readonly Message[][],
  turns: readonly number[],
  batch: number,
  maxHeld: number,
): { released: Noted[]; sorter: Sorter } {
  const sorter = new Sorter(maxHeld)
  const told = queues.map(() => 0)
  const heads = queues.map(() => 0)
  const released: Noted[] = []
  const take = (at: number, count: number): void => {
    for (const message of queues[at]?.slice(heads[at], (heads[at] ?? 0) + count) ?? []) {
      if ('noted' in message) sorter.add(message.noted)
      else told[at] = message.reachedUs
    }
    heads[at] = (heads[at] ?? 0) + count
    released.push(...sorter.release({ reachedUs: () => Math.min(...told), overdueMs: 0 }))
  }
  for (const turn of turns) take(turn, batch)
  for (const at of [0, 1, 2]) take(at, 10_000)
  return { released, sorter }
}

function asNoted({ stream, seq, tsUs, partition }: Step): Noted {
  return { tenant: 't', stream, seq, tsUs, refs: [{ partition: PARTITIONS[partition] ?? '', offset: seq }], receivedMs: 0 }
}

function placeOf({ stream, seq, tsUs }: Noted): string {
  return `${tsUs} ${stream} ${seq}`
}
