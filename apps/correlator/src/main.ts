import 'reflect-metadata'
import { defaultLinkPolicy } from '@hoptrace/hopchain'
import { openStore } from '@hoptrace/store'
import { NestFactory } from '@nestjs/core'
import { ConfigError, loadConfig } from './config.ts'
import { CorrelatorModule } from './correlator.module.ts'
import { Correlator } from './correlator.ts'

async function boot(): Promise<void> {
  const config = loadConfig()
  const store = await openStore({ kind: 'http', ...config.clickhouse })
  await store.migrate()
  const policy = { ...defaultLinkPolicy, sharedOrigins: config.sharedOrigins }
  const { pollMs, overlapMs } = config
  const correlator = new Correlator(store, { policy, pollMs, overlapMs, now: Date.now, onError: report })
  const app = await NestFactory.createApplicationContext(CorrelatorModule.of(correlator), { logger: ['error', 'warn'] })
  const stop = () => {
    app
      .close()
      .then(() => store.close())
      .then(() => process.exit(0), fail)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  console.log(JSON.stringify({ level: 'info', message: 'correlator ready' }))
}

// Our own typed errors never quote what was recorded; any other's message might.
function report(error: unknown): void {
  const fault = error instanceof Error ? ('retryable' in error ? error.message : error.name) : typeof error
  console.error(JSON.stringify({ level: 'warn', message: 'cannot link yet', fault }))
}

function fail(error: unknown): void {
  const message = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)
  console.error(JSON.stringify({ level: 'fatal', message }))
  process.exit(1)
}

boot().catch(fail)
