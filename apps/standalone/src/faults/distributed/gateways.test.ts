import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compare, verdicts } from '../answered-is-stored.test-support.ts'
import type { Callers } from '../callers.test-support.ts'
import { Cluster } from './cluster.test-support.ts'
import { distributedMissing } from './missing.test-support.ts'
import { callersAt, expectAllStoredOnce, moreAnswers, underLoad, until, WITHIN_MS } from './under-load.test-support.ts'

/** libfaketime 0.9, from Debian's package of that name: the real clock of a real process, moved. */
const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1'].find(
  existsSync,
)

if (!FAKETIME) {
  if (process.env.CI === 'true') throw new Error('Clocks that are wrong need libfaketime, which is not installed')
  console.warn('Skipped: gateways whose clocks are wrong (libfaketime is missing)')
}

/** A wall clock that reads its error from a file, such as `-40s`; the monotonic one stays right, as where a clock is set. */
class WrongClock {
  private readonly file = join(mkdtempSync(join(tmpdir(), 'hoptrace-clock-')), 'error')
  readonly env: NodeJS.ProcessEnv = {
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: this.file,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
  }

  constructor(seconds: number) {
    this.set(seconds)
  }

  set(seconds: number): void {
    writeFileSync(this.file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s`)
  }
}

describe.skipIf(distributedMissing !== null || !FAKETIME)(
  'two gateways, one with a clock that runs 40 s behind and then jumps back two hours',
  () => {
    const clock = new WrongClock(-40)
    let cluster: Cluster
    let here: Callers
    let there: Callers

    beforeAll(async () => {
      cluster = await Cluster.start({ gateways: [{}, clock.env], ingests: 2 })
      here = await callersAt(cluster, 0)
      there = await callersAt(cluster, 1)
    }, WITHIN_MS)

    afterAll(async () => {
      await here?.stop()
      await there?.stop()
      await cluster?.stop()
    }, WITHIN_MS)

    it('stores what both recorded, each session whole and in its own order', { timeout: 600_000 }, async () => {
      await moreAnswers(here, 100)
      await moreAnswers(there, 100)
      clock.set(-7200)
      // Callers go on until the jump shows: the gateway sets its clock anew each second.
      await until(async () => (await steps()).back > 0, 500)
      await expectAllStoredOnce(cluster, here, there)
      const { back, unordered } = await steps()
      // Wall time went back in the midst of sessions; the time that replay goes by did not.
      expect(back).toBeGreaterThan(0)
      expect(unordered).toBe(0)
    })

    /** How often an event comes before the one in front of it in its session: by the wall clock, and by the time since it began. */
    async function steps(): Promise<{ back: number; unordered: number }> {
      const [row] = await cluster.store.query({
        name: 'test.backwards',
        sql: `SELECT countIf(later.ts < earlier.ts) AS back, countIf(later.elapsed_us < earlier.elapsed_us) AS unordered
            FROM session_events AS later JOIN session_events AS earlier
            ON later.session_id = earlier.session_id AND later.seq = earlier.seq + 1`,
        row: z.object({ back: z.coerce.number(), unordered: z.coerce.number() }),
      })
      return row ?? { back: 0, unordered: 0 }
    }
  },
)

describe.skipIf(distributedMissing !== null)('a gateway that dies with sessions open', () => {
  const load = underLoad()

  it('leaves them unfinished while it is away, and with a declared gap once it is back', { timeout: 600_000 }, async () => {
    const { cluster, callers } = load
    await load.moreAnswers(50)
    const { process } = cluster.gateway(0)
    await process.kill()
    await callers.stop()
    await until(async () => Object.keys((await verdicts(cluster.store)).counts).includes('unfinished'))
    await process.start()
    await cluster.settle()
    const { counts, broken } = await verdicts(cluster.store)
    expect(broken).toEqual([])
    expect(counts.unfinished ?? 0).toBe(0)
    expect(counts.gap).toBeGreaterThan(0)
    expect(await compare(cluster.store, callers.answered)).toMatchObject({ wrong: [], doubled: [] })
  })
})
