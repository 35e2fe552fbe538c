import 'reflect-metadata'
import { openStore, type Store } from '@hoptrace/store'
import { NestFactory } from '@nestjs/core'
import { type IngestConfig, readConfig } from './config.ts'
import { ingestModule } from './ingest.module.ts'

const config = readConfig()
const store = await open(config)
await store.migrate()
const app = await NestFactory.createApplicationContext(
  ingestModule({ store, spool: config.HOPTRACE_SPOOL, tenant: config.HOPTRACE_TENANT }),
)
await app.init()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void shutDown())

async function shutDown(): Promise<void> {
  await app.close()
  await store.close()
}

function open(env: IngestConfig): Promise<Store> {
  const { HOPTRACE_CLICKHOUSE_URL: url, HOPTRACE_STORE: path } = env
  if (url === undefined) return openStore({ kind: 'embedded', path: path ?? '' })
  return openStore({
    kind: 'http',
    url,
    ...(env.HOPTRACE_CLICKHOUSE_USERNAME === undefined ? {} : { username: env.HOPTRACE_CLICKHOUSE_USERNAME }),
    ...(env.HOPTRACE_CLICKHOUSE_PASSWORD === undefined ? {} : { password: env.HOPTRACE_CLICKHOUSE_PASSWORD }),
    ...(env.HOPTRACE_CLICKHOUSE_DATABASE === undefined ? {} : { database: env.HOPTRACE_CLICKHOUSE_DATABASE }),
  })
}
