import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { openStore, type Store } from '@hoptrace/store'
import { type PostgresServer, startPostgres } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compare, verdicts } from './answered-is-stored.test-support.ts'
import { Callers } from './callers.test-support.ts'
import { seeded } from './seeded.test-support.ts'
import { TwoProcesses, type Which } from './two-processes.test-support.ts'

const SEED = 20_261_120
const POINTS = 50
const CALLERS = 6

/** The system calls between which a record goes from append to forward, sync, publish and cursor. */
const CALLS: Record<Which, readonly string[]> = {
  gateway: ['pwrite64', 'write', 'fdatasync'],
  platform: ['fdatasync', 'rename', 'write'],
}

type Point = { which: Which; afterMs: number; inject: string | undefined }

// Every third point dies at a system call, the others at a moment.
function pointsOf(random: () => number, canTrace: boolean): Point[] {
  return Array.from({ length: POINTS }, (_, i) => {
    const which: Which = random() < 0.6 ? 'gateway' : 'platform'
    const afterMs = Math.floor(20 + random() * 250)
    const call = CALLS[which][Math.floor(random() * 3)]
    const nth = Math.floor(5 + random() * 60)
    return { which, afterMs, inject: canTrace && i % 3 === 2 ? `${call}:signal=SIGKILL:when=${nth}` : undefined }
  })
}

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.CI === 'true') throw new Error('The kill test needs strace, which is not installed')
    return false
  }
}

describe('kill -9 of either process, at 50 seeded points under load', () => {
  let target: PostgresServer
  let processes: TwoProcesses
  let callers: Callers
  let store: Store

  beforeAll(async () => {
    target = await startPostgres()
    processes = await TwoProcesses.configure(target)
    await processes.start('gateway')
    await processes.start('platform')
    callers = new Callers({ port: processes.ports.postgres, user: target.user, token: await mint() }, CALLERS)
    for (const point of pointsOf(seeded(SEED), hasStrace())) await die(point)
    await callers.stop()
    await processes.stop()
    store = await openStore({ kind: 'embedded', path: join(processes.dataDir, 'store') })
  }, 600_000)

  afterAll(async () => {
    await processes?.stop()
    await store?.close()
    await target?.stop()
  })

  async function mint(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${processes.ports.control}/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${processes.operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ principal: 'caller', ttlSeconds: 3600, grants: [{ target: 'orders', protocol: 'postgres' }] }),
    })
    return z.object({ token: z.string() }).parse(await response.json()).token
  }

  async function die({ which, afterMs, inject }: Point): Promise<void> {
    if (inject) {
      await processes.kill(which)
      await processes.start(which, inject)
      await processes.expectDeath(which, 1500)
    } else {
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await processes.kill(which)
    }
    await processes.start(which)
  }

  it('stores each answered statement exactly once, with its result', { timeout: 600_000 }, async () => {
    const { wrong, doubled, stored } = await compare(store, callers.answered)
    expect(callers.answered.length).toBeGreaterThan(POINTS)
    expect(wrong).toEqual([])
    expect(doubled).toEqual([])
    // What is stored beyond the callers' log was on its way when something died: at most one a caller and death.
    expect(stored - callers.answered.length).toBeLessThanOrEqual(CALLERS * (POINTS + 1))
  })

  it('leaves every session an unbroken chain, with its gap declared where the gateway died', { timeout: 600_000 }, async () => {
    const { counts, broken } = await verdicts(store)
    expect(broken).toEqual([])
    expect(Object.keys(counts).sort()).toEqual(['complete', 'gap'])
  })
})
