import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { explained, faultOf, name, standardLog, stopOnSignals, versionIn } from '@hoptrace/telemetry'
import { loadConfig, loadTelemetry } from './config.ts'
import { ApiOps } from './ops/api-ops.ts'
import { ApiProcess } from './process/api-process.ts'

const WEB = fileURLToPath(new URL('../../web/dist', import.meta.url))
const SHUTDOWN_WITHIN_MS = 20_000
const log = standardLog('api')

async function boot(): Promise<void> {
  const version = versionIn(new URL('../package.json', import.meta.url))
  const ops = new ApiOps(version, loadTelemetry(), log)
  const onError = (error: unknown) => log.warn('cannot look for what is new', { fault: faultOf(error) })
  const running = await ApiProcess.start(loadConfig(), { version, webDirectory: WEB, onError, onAnswer: ops.onAnswer })
  await ops.serve(running.store)
  const stop = async () => {
    await ops.drain()
    await running.close()
    await ops.close()
  }
  stopOnSignals({ log, stop, withinMs: SHUTDOWN_WITHIN_MS })
  log.info('api ready', { url: name(await running.url()) })
}

boot().catch((error: unknown) => {
  log.fatal('cannot start', explained(error))
  process.exit(1)
})
