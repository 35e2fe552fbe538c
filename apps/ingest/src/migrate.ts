import { openStore } from '@hoptrace/store'
import { explained, standardLog } from '@hoptrace/telemetry'
import { readMigrationConfig } from './config.ts'

const log = standardLog('migrate')

/** Brings the store's schema up to date and ends: for an account that may do so, where no other one may. */
async function migrate(): Promise<void> {
  const store = await openStore(readMigrationConfig())
  const applied = await store.migrate()
  await store.close()
  log.info('the schema is up to date', { count: applied.length })
}

migrate().catch((error: unknown) => {
  log.fatal('cannot migrate', explained(error))
  process.exitCode = 1
})
