import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@hoptrace/store'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Correlator } from './correlator.ts'
import { allRows, publish } from './story.test-support.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession } from './testing.ts'

const HOSTS = ['a', 'b', 'c'] as const
const host = fc.constantFrom(...HOSTS)
const told = fc.record({ isRoot: fc.boolean(), minute: fc.nat(8), target: host, names: fc.array(host, { maxLength: 3 }), answers: host })
const story = fc.record({
  sessions: fc.array(told, { minLength: 2, maxLength: 4 }),
  /** Heartbeats: what was named less than a minute before the last is not settled. */
  beats: fc.array(fc.nat(16), { minLength: 1, maxLength: 3 }),
})
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never

/** Shells in one of two trees of runs, which name hosts that others of them go to. */
function record({ sessions, beats }: Story, tenant: string): Buffer[] {
  idsFrom(9_000_000)
  const runs = [anId(0), anId(0)] as const
  const shells = sessions.map(({ isRoot, minute, target, names, answers }) => {
    const to = { protocol: 'ssh', name: target, host: `${target}.internal`, address: `10.0.0.${HOSTS.indexOf(target)}:22` } as const
    const shell = new RecordedSession(minute, { run: runs[isRoot ? 0 : 1] }, to, {}, tenant).exec(0.2, 'cat hosts', `${answers}.internal`)
    names.forEach((name, index) => void shell.names(0.5 + index / 2, `${name}.internal`))
    return shell.end(4)
  })
  const gateway = new RecordedGateway(tenant).runStarts(0, runs[0]).runStarts(0, runs[1])
  for (const minute of beats.toSorted((a, b) => a - b)) gateway.beats(minute)
  return [...gateway.events, ...shells.flatMap(({ events }) => events)]
}

describe('hops of what commands name', () => {
  let store: Store
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-orders-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('are the same rows in any order of arrival, in batches of any size, and by whichever process', async () => {
    let round = 0
    let unseen = 0
    const shuffled = story.chain((told) =>
      fc.tuple(fc.constant(told), fc.infiniteStream(fc.nat()), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 })),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([told, keys, sizes]) => {
        const [whole, parts] = [`t-whole-${round}`, `t-parts-${round}`]
        round += 1
        await publish(store, record(told, whole))
        await new Correlator(store, { now: () => 0 }).catchUp()
        const order = record(told, parts).map((event) => ({ event, key: keys.next().value ?? 0 }))
        const events = order.toSorted((a, b) => a.key - b.key).map(({ event }) => event)
        for (let part = 0; events.length > 0; part += 1) {
          await publish(store, events.splice(0, sizes[part % sizes.length] ?? 1))
          await new Correlator(store, { now: () => 0 }).catchUp()
        }
        const rows = await allRows(store, parts)
        unseen += rows.members.flat().filter(({ kind }) => kind === 'unseen').length
        expect(rows).toEqual(await allRows(store, whole))
      }),
      { numRuns: 4 },
    )
    expect(unseen).toBeGreaterThan(0)
  }, 300_000)
})
