import { openStore } from '@hoptrace/store'
import { explained, ProcessOps, standardLog, stopOnSignals, versionIn } from '@hoptrace/telemetry'
import { readRetentionConfig, readTelemetry } from './config.ts'
import { watchRetention } from './retention/retention-meter.ts'
import { RetentionRuns } from './retention/retention-runs.ts'

const SHUTDOWN_WITHIN_MS = 50_000
const log = standardLog('retention')

/** Deletes what its time is over for: hourly, or with `--once` one time, ending with 1 when that fails. */
async function retain(isOnce: boolean): Promise<void> {
  const { store: place, policy, everyMs } = readRetentionConfig()
  const ops = new ProcessOps('retention', versionIn(new URL('../package.json', import.meta.url)), readTelemetry())
  const onNotice = watchRetention(log, ops.metrics)
  const store = await openStore(place)
  const runs = new RetentionRuns(store, { policy, everyMs, now: Date.now, onNotice })
  if (isOnce) {
    process.exitCode = (await runs.run()) ? 0 : 1
    return store.close()
  }
  await ops.listen({})
  const stop = async () => {
    ops.drain()
    await runs.stop()
    await store.close()
    await ops.close()
  }
  stopOnSignals({ log, stop, withinMs: SHUTDOWN_WITHIN_MS })
  runs.start()
  log.info('retention ready', { count: Object.keys(policy).length })
}

retain(process.argv.includes('--once')).catch((error: unknown) => {
  log.fatal('cannot start', explained(error))
  process.exit(1)
})
