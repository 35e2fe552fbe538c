import { parseArgs } from 'node:util'
import { startEmbeddedClickHouseHttp } from './clickhouse-http.ts'

/** Runs ClickHouse's HTTP server out of the embedded engine until SIGINT or SIGTERM. Without --data, what it stored goes with it. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string', default: '8123' } } })
  const httpPort = Number(values.port)
  const ended = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
  const server = await startEmbeddedClickHouseHttp({ httpPort, ...(values.data === undefined ? {} : { path: values.data }) })
  console.log(`ClickHouse listens. For the other processes: export HOPTRACE_CLICKHOUSE_URL=${server.engineUrl}`)
  await ended
  await server.stop()
  console.log('ClickHouse stopped')
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
