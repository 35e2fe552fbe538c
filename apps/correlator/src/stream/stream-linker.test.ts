import { type AccessNote, type ProgressNote, topics, type WatermarkNote } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Links, StreamLinker } from './stream-linker.ts'

const [FIRST, SECOND] = ['019aa0c0-0000-7000-8000-000000000001', '019aa0c0-0000-7000-8000-000000000002'] as const
const BOOT = '019aa0c0-0000-7000-8000-00000000b007'
const HOUR_US = 3_600_000_000
const PARTITIONS = [`${topics.accesses}/0`, `${topics.sightings}/0`]

/** Remembers what it was asked to link. Each event is an hour from the next, so that each is a span of its own. */
class RememberedLinks implements Links {
  readonly linked: string[] = []
  readonly stored = new Map<string, number>()
  fails = false
  reachedTo = 0

  async link(_tenant: string, { fromUs }: { fromUs: number }, sessions: readonly string[]): Promise<number> {
    if (this.fails) throw new Error('the store is away')
    this.linked.push(`${fromUs / HOUR_US} ${sessions.map((session) => session.slice(-1)).join('')}`)
    return 1
  }

  async lastSeqs(_tenant: string, sessions: readonly string[]): Promise<Map<string, number>> {
    return new Map([...this.stored].filter(([session]) => sessions.includes(session)))
  }

  async reached(_tenant: string, toUs: number): Promise<void> {
    this.reachedTo = toUs
  }

  async settle(): Promise<number> {
    return 0
  }
}

function aLinker(links: Links, over: Partial<ConstructorParameters<typeof StreamLinker>[1]> = {}) {
  const clock = { ms: 0 }
  const linker = new StreamLinker(links, { partitions: PARTITIONS, now: () => clock.ms, settleMs: 0, ...over })
  const offsets = new Map<string, number>()
  const add = (topic: string, ...notes: (object | string)[]): void => {
    const messages = notes.map((note) => {
      const offset = offsets.get(topic) ?? 0
      offsets.set(topic, offset + 1)
      return { value: Buffer.from(typeof note === 'string' ? note : JSON.stringify(note)), at: { source: topic, partition: '0', offset } }
    })
    linker.add(messages)
  }
  return { linker, add, clock }
}

const place = { v: 1, tenant: 't', gatewayId: 'gw-1' } as const
const access = (sessionId: string, seq: number, hour: number): AccessNote => ({
  kind: 'access',
  ...place,
  sessionId,
  seq,
  ts: String(hour * HOUR_US),
  type: 'access.decided',
  rootPrincipal: null,
})
/** @param end of the one partition of the events, before which stands what the gateway recorded before that hour */
const beat = (hour: number, end = hour): WatermarkNote => ({
  kind: 'watermark',
  ...place,
  sessionId: BOOT,
  seq: 0,
  ts: String(hour * HOUR_US),
  source: 0,
  ends: [end],
})
const noted = (next: number): ProgressNote => ({ kind: 'progress', v: 1, sources: [{ source: 0, next, end: next }] })

describe('the linker of the stream', () => {
  it('links in the order of event time, once every partition has told that all before the heartbeat is noted', async () => {
    const links = new RememberedLinks()
    links.stored.set(FIRST, 9).set(SECOND, 9)
    const { linker, add } = aLinker(links)
    add(topics.accesses, access(SECOND, 0, 6), access(FIRST, 0, 2), access(FIRST, 1, 4), beat(5), beat(7), noted(9))
    await linker.step()
    expect(links.linked).toEqual([])
    add(topics.sightings, noted(5))
    await linker.step()
    expect(links.linked).toEqual(['2 1', '4 1'])
    add(topics.sightings, noted(7))
    await linker.step()
    expect(links.linked).toEqual(['2 1', '4 1', '6 2'])
  })

  it('links nothing before the store has it, and lets what is linked be committed, up to the last heartbeat', async () => {
    const links = new RememberedLinks()
    links.stored.set(FIRST, 0)
    const { linker, add } = aLinker(links)
    add(topics.accesses, access(FIRST, 0, 2), access(FIRST, 1, 4), beat(9), noted(9))
    add(topics.sightings, noted(9))
    await linker.step()
    expect(links.linked).toEqual(['2 1'])
    expect(linker.firstOpen(topics.accesses, 0)).toBe(1)
    links.stored.set(FIRST, 1)
    await linker.step()
    expect(links.linked).toEqual(['2 1', '4 1'])
    expect([linker.firstOpen(topics.accesses, 0), linker.firstOpen(topics.sightings, 0)]).toEqual([2, 1])
  })

  it('does not tell of less because of what it links late, nor of more than the watermark', async () => {
    const links = new RememberedLinks()
    links.stored.set(FIRST, 9).set(SECOND, 9)
    const { linker, add, clock } = aLinker(links, { silenceMs: 1000, patienceMs: 100, marginUs: 0 })
    const toldAt = async (ms: number) => {
      clock.ms = ms
      for (const topic of [topics.accesses, topics.sightings]) add(topic, noted(9))
      await linker.step()
    }
    add(topics.accesses, access(SECOND, 0, 6), beat(7), access(SECOND, 1, 99))
    await toldAt(0)
    expect(links.reachedTo).toBe(6 * HOUR_US)
    add(topics.accesses, access(FIRST, 0, 2))
    await toldAt(1)
    expect([links.linked, links.reachedTo]).toEqual([['6 2', '2 1'], 6 * HOUR_US])
    await toldAt(101)
    expect([links.linked.at(-1), links.reachedTo]).toEqual(['99 2', 7 * HOUR_US])
  })

  it('tries again what the store did not take', async () => {
    const links = new RememberedLinks()
    links.stored.set(FIRST, 0)
    links.fails = true
    const { linker, add } = aLinker(links)
    add(topics.accesses, access(FIRST, 0, 2), beat(9), noted(9))
    add(topics.sightings, noted(9))
    await expect(linker.step()).rejects.toThrow('away')
    expect(linker.firstOpen(topics.accesses, 0)).toBe(0)
    links.fails = false
    await linker.step()
    expect(links.linked).toEqual(['2 1'])
    expect(linker.firstOpen(topics.accesses, 0)).toBe(1)
  })

  it('links what no gateway vouches for after a while, and says so', async () => {
    const links = new RememberedLinks()
    links.stored.set(FIRST, 0)
    const { linker, add, clock } = aLinker(links, { silenceMs: 10, patienceMs: 100 })
    const toldAt = async (ms: number) => {
      clock.ms = ms
      for (const topic of [topics.accesses, topics.sightings]) add(topic, noted(1))
      await linker.step()
    }
    add(topics.accesses, beat(1), access(FIRST, 0, 2))
    await toldAt(0)
    await toldAt(50)
    expect(linker.state).toMatchObject({ silent: ['t/gw-1'], held: 1 })
    await toldAt(101)
    expect(linker.state).toMatchObject({ unwatermarked: 1, linked: 1, held: 0 })
  })

  it('is full while it holds more than it should, and counts what is no note', async () => {
    const links = new RememberedLinks()
    const { linker, add } = aLinker(links, { maxHeld: 1 })
    add(topics.accesses, 'no JSON', '{"kind":"other"}', access(FIRST, 0, 2), access(FIRST, 1, 3))
    expect([linker.isFull, linker.state.unreadable]).toEqual([false, 2])
    add(topics.accesses, access(FIRST, 2, 4))
    expect(linker.isFull).toBe(true)
    links.stored.set(FIRST, 2)
    await linker.step()
    expect([linker.isFull, linker.state.evicted]).toEqual([false, 2])
  })

  it('links the same, in the same order, however the partitions are read and the steps fall', async () => {
    const notes = fc.array(fc.record({ session: fc.constantFrom(FIRST, SECOND), isSighting: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(notes, fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }), async (recorded, turns) => {
        const links = new RememberedLinks()
        links.stored.set(FIRST, 99).set(SECOND, 99)
        const { linker, add } = aLinker(links)
        const queues = { [topics.accesses]: [] as object[], [topics.sightings]: [] as object[] }
        recorded.forEach(({ session, isSighting }, seq) => {
          queues[isSighting ? topics.sightings : topics.accesses].push(access(session, seq, 2 * seq))
          queues[topics.accesses].push(beat(2 * seq + 1, seq + 1))
          for (const queue of Object.values(queues)) queue.push(noted(seq + 1))
        })
        for (const turn of turns) {
          const topic = turn === 0 ? topics.accesses : topics.sightings
          const next = turn === 2 ? undefined : queues[topic].shift()
          if (next) add(topic, next)
          else await linker.step()
        }
        for (const topic of [topics.accesses, topics.sightings]) add(topic, ...queues[topic].splice(0))
        await linker.step()
        expect(links.linked).toEqual(recorded.map(({ session }, seq) => `${2 * seq} ${session.slice(-1)}`))
        expect(linker.state).toMatchObject({ late: 0, held: 0, linked: recorded.length })
      }),
    )
  })
})
