import { describe, it } from 'vitest'
import type { ConsumerUnderFault } from './consumer-under-fault.test-support.ts'
import { isLong } from './length.test-support.ts'
import { distributedMissing } from './missing.test-support.ts'
import { underLoad, until } from './under-load.test-support.ts'

const ROUNDS = isLong ? 10 : 1

describe.skipIf(distributedMissing !== null)('with ingests that join, leave, die and hang under load', () => {
  const load = underLoad({ ingests: 2 })

  it('stores each answered statement once', { timeout: 1_800_000 }, async () => {
    const [first, second] = load.cluster.ingests
    if (!first || !second) throw new Error('There should be two')
    for (let round = 0; round < ROUNDS; round += 1) {
      await load.moreAnswers(50)
      await first.kill()
      await load.moreAnswers(50)
      await first.start()
      await second.end('SIGTERM')
      await load.moreAnswers(50)
      await second.start()
      await hang(first, second)
    }
    await load.expectAllStoredOnce()
  })

  // For longer than the group waits: its partitions are another's when it wakes with a batch in its hands.
  async function hang(zombie: ConsumerUnderFault, heir: ConsumerUnderFault): Promise<void> {
    zombie.pause()
    await until(async () => (await heir.partitionsRead()) === load.cluster.partitions)
    await load.moreAnswers(50)
    zombie.resume()
    await load.moreAnswers(50)
  }
})
