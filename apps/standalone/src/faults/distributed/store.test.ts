import type { Fault } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isLong } from './length.test-support.ts'
import { distributedMissing } from './missing.test-support.ts'
import { underLoad, until } from './under-load.test-support.ts'

const FAULTS: readonly Fault[] = [
  { kind: 'refuse' },
  { kind: 'slow', delayMs: 3000 },
  { kind: 'cutRequest', afterBytes: 400 },
  { kind: 'loseAnswer' },
  { kind: 'fail', code: 241, type: 'MEMORY_LIMIT_EXCEEDED' },
  { kind: 'fail', code: 242, type: 'TABLE_IS_READ_ONLY' },
]

describe.skipIf(distributedMissing !== null)('with a store that refuses, is slow, loses connections, dies and fails half-way', () => {
  const load = underLoad()

  it('stores each answered statement once', { timeout: 1_800_000 }, async () => {
    const { clickhouse } = load.cluster
    for (const fault of FAULTS) await meet(fault, isLong ? 10 : 2)
    await clickhouse.kill()
    await load.moreAnswers(100)
    await clickhouse.start()
    clickhouse.pause()
    await load.moreAnswers(100)
    clickhouse.resume()
    await failHalfWay()
    await load.expectAllStoredOnce()
  })

  async function meet(fault: Fault, times: number): Promise<void> {
    const { faults } = load.cluster.clickhouse
    const met = faults.met + times
    faults.inject(fault, { times, only: 'insert' })
    await load.moreAnswers(30)
    await until(() => faults.met >= met)
  }

  // The rows are in the table, and the view behind it has thrown: what was inserted must come again, into both.
  async function failHalfWay(): Promise<void> {
    await run('CREATE TABLE IF NOT EXISTS test_sink (x UInt8) ENGINE = Null')
    await run("CREATE MATERIALIZED VIEW test_throws TO test_sink AS SELECT throwIf(1, 'half-way') AS x FROM session_events")
    const before = await thrown()
    await load.moreAnswers(200)
    await until(async () => (await thrown()) > before)
    await run('DROP VIEW test_throws SYNC')
  }

  async function run(sql: string): Promise<void> {
    const response = await fetch(load.cluster.clickhouse.engineUrl, { method: 'POST', body: sql })
    expect(await response.text()).toBe('')
  }

  function thrown(): Promise<number> {
    return load.cluster.store
      .query({
        name: 'test.thrown',
        sql: "SELECT toUInt32(sum(value)) AS times FROM system.errors WHERE name = 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'",
        row: z.object({ times: z.number() }),
      })
      .then(([row]) => row?.times ?? 0)
  }
})
