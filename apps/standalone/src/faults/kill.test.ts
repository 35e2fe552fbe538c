import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { openStore, type Store, verifySessions } from '@hoptrace/store'
import { type PostgresServer, startPostgres } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Callers } from './callers.test-support.ts'
import { TwoProcesses, type Which } from './two-processes.test-support.ts'

const SEED = 20_261_120
const POINTS = 50
const CALLERS = 6

/** mulberry32 (Tommy Ettinger, 2017): small, seeded, good enough to choose moments. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

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

  it('stores each answered statement exactly once, with its result', async () => {
    const rows = await store.query({
      name: 'test.statements',
      sql: `SELECT s.text AS text, toUInt32(uniqExact(s.session_id, s.seq)) AS times, toUInt32(countIf(r.ok)) AS results
            FROM (SELECT text, session_id, seq FROM session_events FINAL WHERE type = 'sql.statement') AS s
            LEFT JOIN (SELECT session_id, JSONExtractUInt(content, 'body', 'statement') AS seq, true AS ok FROM session_events FINAL WHERE type = 'sql.result') AS r
            ON r.session_id = s.session_id AND r.seq = s.seq
            GROUP BY text`,
      row: z.object({ text: z.string(), times: z.number(), results: z.number() }),
    })
    const stored = new Map(rows.map((row) => [row.text, row]))
    expect(callers.answered.length).toBeGreaterThan(POINTS)
    const wrong = callers.answered.filter((text) => stored.get(text)?.times !== 1 || stored.get(text)?.results !== 1)
    expect(wrong).toEqual([])
    // What is stored beyond the callers' log was on its way when something died: at most one a caller and death.
    expect(rows.filter((row) => row.times !== 1)).toEqual([])
    expect(stored.size - callers.answered.length).toBeLessThanOrEqual(CALLERS * (POINTS + 1))
  })

  it('leaves every session an unbroken chain, with its gap declared where the gateway died', async () => {
    const verdicts = { complete: 0, gap: 0 }
    for await (const { sessionId, report, hashMismatches } of verifySessions(store, { tenant: 'default' })) {
      expect({ sessionId, ...report, hashMismatches }).toMatchObject({ missing: [], conflicts: [], hashMismatches: [] })
      expect(['complete', 'gap']).toContain(report.completeness)
      verdicts[report.completeness as 'complete' | 'gap'] += 1
    }
    expect(verdicts.gap).toBeGreaterThan(0)
    expect(verdicts.complete).toBeGreaterThan(0)
  })
})
