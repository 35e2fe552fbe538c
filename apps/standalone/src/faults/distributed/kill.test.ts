import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compare, verdicts } from '../answered-is-stored.test-support.ts'
import { Callers } from '../callers.test-support.ts'
import type { ProcessUnderFault } from '../process-under-fault.test-support.ts'
import { seeded } from '../seeded.test-support.ts'
import { Cluster } from './cluster.test-support.ts'
import { type KillPoint, killPoints, type Victim } from './kill-points.test-support.ts'
import { KILLS } from './length.test-support.ts'
import { distributedMissing } from './missing.test-support.ts'
import { WITHIN_MS } from './under-load.test-support.ts'

const SEED = 20_261_120
const CALLERS = 4

describe.skipIf(distributedMissing !== null)(`kill -9 of gateway, ingest and correlator, at ${KILLS} seeded points each under load`, () => {
  let cluster: Cluster
  let callers: Callers

  beforeAll(async () => {
    cluster = await Cluster.start()
    const { target } = cluster
    callers = new Callers({ port: cluster.gateway(0).ports.postgres, user: target.user, token: await cluster.mint() }, CALLERS)
    const random = seeded(SEED)
    const victims: Record<Victim, ProcessUnderFault | undefined> = {
      gateway: cluster.gateway(0).process,
      ingest: cluster.ingests[0],
      correlator: cluster.correlators[0],
    }
    const points = (Object.keys(victims) as Victim[]).flatMap((victim) =>
      killPoints(victim, KILLS, random).map((point) => ({ victim, point })),
    )
    // In an order of their own, so that one dies while another is still coming back.
    for (const { victim, point } of points.sort(() => random() - 0.5)) await die(victims[victim], point)
    await callers.stop()
    await cluster.settle()
  }, 3_600_000)

  afterAll(async () => {
    await callers?.stop()
    await cluster?.stop()
  }, WITHIN_MS)

  it('stores each answered statement exactly once, with its result', { timeout: 600_000 }, async () => {
    const { wrong, doubled, stored } = await compare(cluster.store, callers.answered)
    expect(callers.answered.length).toBeGreaterThan(KILLS)
    expect(wrong).toEqual([])
    expect(doubled).toEqual([])
    expect(stored - callers.answered.length).toBeLessThanOrEqual(CALLERS * (3 * KILLS + 1))
  })

  it('leaves every session an unbroken chain, with its gap declared where the gateway died', { timeout: 600_000 }, async () => {
    const { counts, broken } = await verdicts(cluster.store)
    expect(broken).toEqual([])
    expect(Object.keys(counts).sort()).toEqual(['complete', 'gap'])
  })
})

async function die(victim: ProcessUnderFault | undefined, { afterMs, inject }: KillPoint): Promise<void> {
  if (!victim) throw new Error('Nobody to kill')
  if (inject) {
    await victim.kill()
    await victim.start(inject)
    await victim.expectDeath(1500)
  } else {
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    await victim.kill()
  }
  await victim.start()
}
