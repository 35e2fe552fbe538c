import { describe, it } from 'vitest'
import { OUTAGE_MS } from './length.test-support.ts'
import { distributedMissing } from './missing.test-support.ts'
import { underLoad } from './under-load.test-support.ts'

describe.skipIf(distributedMissing !== null)('with a broker that dies, comes back, and cannot be reached', () => {
  const load = underLoad()

  it('goes on answering, and stores each answered statement once when the broker is back', { timeout: 600_000 }, async () => {
    const { kafka } = load.cluster
    await load.moreAnswers(50)
    await kafka.kill()
    await load.moreAnswers(50)
    await kafka.start()
    await load.moreAnswers(50)
    // Connections stay open and nothing answers: the kind of outage that only time-outs end.
    kafka.pause()
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS))
    await load.moreAnswers(50)
    kafka.resume()
    await load.moreAnswers(50)
    await load.expectAllStoredOnce()
  })
})
