import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { standardLog, stopOnSignals } from '@hoptrace/telemetry'
import { ConfigError, loadConfig, platformTelemetry } from '../config.ts'
import { ensureOperatorToken } from '../data-dir.ts'
import { version } from '../version.ts'
import { Platform } from './platform.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** The supervisor kills what takes longer. */
const SHUTDOWN_WITHIN_MS = 60_000

async function boot(): Promise<void> {
  const config = loadConfig(undefined, { isSecretRead: true })
  const operatorToken = ensureOperatorToken(config.dataDir)
  const platform = await Platform.start({ config, operatorToken, version, webDirectory: WEB, telemetry: platformTelemetry(), report: log })
  // Ctrl-C reaches the whole group: the supervisor asks us to end once the gateway has.
  const takesInterrupt = () => !process.connected
  stopOnSignals({ log: standardLog('platform'), stop: () => platform.stop(), withinMs: SHUTDOWN_WITHIN_MS, takesInterrupt })
  log({ level: 'info', message: 'platform ready', api: config.apiListen })
}

function log(line: Record<string, unknown>): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), process: 'platform', ...line }))
}

function fail(error: unknown): void {
  const message = explanationOf(error)
  console.error(JSON.stringify({ time: new Date().toISOString(), level: 'fatal', process: 'platform', message }))
  process.exit(1)
}

function explanationOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}: something else listens there; choose another api.listen`
  const isOurs = error instanceof ConfigError || 'retryable' in error
  return isOurs ? error.message : (error.stack ?? error.message)
}

boot().catch(fail)
