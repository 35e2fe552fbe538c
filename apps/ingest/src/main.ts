import 'reflect-metadata'
import type { PartitionPosition } from '@hoptrace/bus'
import type { DigestKey } from '@hoptrace/events'
import { openStore, type Store } from '@hoptrace/store'
import { type Checks, explained, standardLog, stopOnSignals } from '@hoptrace/telemetry'
import { type IngestConfig, readConfig, readTelemetry, type Source, sourceOf, storeOf } from './config.ts'
import { digestKeyOf, readDigestKey } from './digest-key-file.ts'
import { KafkaIngest } from './kafka-ingest.ts'
import { logNotices } from './ops/ingest-log.ts'
import { IngestOps } from './ops/ingest-ops.ts'
import { SpoolIngest } from './spool-ingest.ts'

const SHUTDOWN_WITHIN_MS = 40_000
const log = standardLog('ingest')

async function boot(): Promise<void> {
  const config = readConfig()
  const source = sourceOf(config)
  const ops = new IngestOps(readTelemetry())
  const store = await openStore(storeOf(config))
  await store.migrate()
  const running = await start(source, config, store, ops)
  await ops.serve(running.positions, running.checks)
  const stop = async () => {
    ops.drain()
    // An engine that is left during an insert has crashed: nothing may run any more when it closes.
    await running.close()
    await store.close()
    await ops.close()
  }
  stopOnSignals({ log, stop, withinMs: SHUTDOWN_WITHIN_MS })
  log.info('ingest ready')
}

type Running = { close(): Promise<void>; positions: () => readonly PartitionPosition[]; checks: Checks }

async function start(from: Source, config: IngestConfig, store: Store, { observer }: IngestOps): Promise<Running> {
  const { HOPTRACE_TENANT: tenant } = config
  const key = digestKeyFor(config)
  const options = { store, tenant, digestKey: () => key, observer }
  if (from.kind === 'spool') {
    const spool = await SpoolIngest.start({ ...options, spool: from.directory })
    return { close: () => spool.close(), positions: () => [], checks: {} }
  }
  const { settings, groupId } = from
  const kafka = await KafkaIngest.start({ ...options, now: Date.now, settings, groupId, onNotice: logNotices(log) })
  const { strategy } = kafka
  return {
    close: () => kafka.close(),
    positions: () => strategy.lag,
    checks: { bus: () => strategy.state === 'running' || strategy.state === 'rebalancing' || strategy.state },
  }
}

function fail(error: unknown): void {
  log.fatal('cannot start', explained(error))
  process.exit(1)
}

function digestKeyFor({ HOPTRACE_DIGEST_KEY_FILE: file, HOPTRACE_DIGEST_KEY: hex }: IngestConfig): DigestKey | null {
  if (file !== undefined) return readDigestKey(file)
  return hex === undefined ? null : digestKeyOf(hex)
}

boot().catch(fail)
