import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createApi } from '@hoptrace/api'
import { SpoolTail, type TailNotice } from '@hoptrace/bus'
import { Correlator } from '@hoptrace/correlator'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { openStore, type Store } from '@hoptrace/store'
import { type StandaloneConfig, splitHostPort } from '../config.ts'

export type PlatformOptions = {
  config: StandaloneConfig
  operatorToken: string
  version: string
  /** Directory of the built web. */
  webDirectory: string
  report: (notice: Record<string, unknown>) => void
}

/** Ingest, correlator and api in one process, on embedded ClickHouse. */
export class Platform {
  private constructor(
    private readonly store: Store,
    private readonly tail: SpoolTail,
    private readonly correlator: Correlator,
    private readonly api: Awaited<ReturnType<typeof createApi>>,
  ) {}

  /** Opens the store, serves the api, and begins to store what the gateway records. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const { config, operatorToken, version, webDirectory } = options
    const { tenant, dataDir } = config
    const spool = join(dataDir, 'spool')
    for (const directory of [spool, join(dataDir, 'store')]) mkdirSync(directory, { recursive: true, mode: 0o700 })
    const store = await openStore({ kind: 'embedded', path: join(dataDir, 'store') })
    await store.migrate()
    const ingest = new Ingest(store, { tenant, now: Date.now })
    const publisher = asPublisher(ingest, 'api')
    const gateway = { gatewayUrl: config.gatewayUrl, operatorToken }
    const api = await createApi({ ...gateway, tenant, version, gatewayId: 'api', webDirectory, publisher, store, changes: ingest })
    const tail = new SpoolTail({ directory: spool, name: 'platform', onNotice: (notice) => options.report(noticeOf(notice)) })
    const correlator = new Correlator(store, { now: Date.now, onError: (error) => options.report(fault('cannot link yet', error)) })
    ingest.onStored(() => correlator.notify())
    correlator.start()
    tail.start((batch) => ingest.onBatch(batch))
    const { host, port } = splitHostPort(config.apiListen)
    await api.listen(port, host)
    return new Platform(store, tail, correlator, api)
  }

  /** Stores and links all that the gateway made durable, then lets the store go: exiting during an insert has crashed the engine. */
  async stop(): Promise<void> {
    await this.tail.caughtUp()
    await this.tail.stop()
    await this.correlator.catchUp()
    await this.correlator.stop()
    await this.api.close()
    await this.store.close()
  }
}

function noticeOf(notice: TailNotice): Record<string, unknown> {
  if (notice.kind === 'damage')
    return { level: 'error', message: 'records of the spool are damaged', at: notice.at, messages: notice.messages }
  const { error, attempt, afterMs } = notice
  return { ...fault('cannot store yet', error), attempt, afterMs }
}

// Our own typed errors never quote what was recorded; any other's message might.
function fault(message: string, error: unknown): Record<string, unknown> {
  return { level: 'warn', message, fault: error instanceof Error ? ('retryable' in error ? error.message : error.name) : typeof error }
}
