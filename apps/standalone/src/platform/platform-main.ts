import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { ConfigError, loadConfig } from '../config.ts'
import { ensureOperatorToken } from '../data-dir.ts'
import { version } from '../version.ts'
import { Platform } from './platform.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))

async function boot(): Promise<void> {
  const config = loadConfig()
  const operatorToken = ensureOperatorToken(config.dataDir)
  const platform = await Platform.start({ config, operatorToken, version, webDirectory: WEB, report: log })
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    platform.stop().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  // Ctrl-C reaches the whole group: the supervisor asks us to end once the gateway has.
  process.on('SIGINT', () => process.connected || stop())
  process.on('disconnect', stop)
  log({ level: 'info', message: 'platform ready', api: config.apiListen })
}

function log(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line))
}

function fail(error: unknown): void {
  const message = explanationOf(error)
  console.error(JSON.stringify({ level: 'fatal', message }))
  process.exit(1)
}

function explanationOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}: something else listens there; choose another api.listen`
  const isOurs = error instanceof ConfigError || 'retryable' in error
  return isOurs ? error.message : (error.stack ?? error.message)
}

boot().catch(fail)
