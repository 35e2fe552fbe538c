import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ApiOptions,
  ConflictWatch,
  countAnswers,
  createApi,
  GatewayWatch,
  logConflicts,
  logGateways,
  measureHealth,
} from '@hoptrace/api'
import { SpoolTail, type TailNotice } from '@hoptrace/bus'
import { AlertService, Correlator, measureCorrelator, numbersOfStore } from '@hoptrace/correlator'
import type { DigestKey } from '@hoptrace/events'
import { defaultLinkPolicy, type LinkPolicy } from '@hoptrace/hopchain'
import { asPublisher, digestKeyIn, Ingest, IngestMeter, RetentionRuns, watchRetention } from '@hoptrace/ingest'
import { policyIn } from '@hoptrace/rules'
import { openStore, type Store } from '@hoptrace/store'
import { type Log, ProcessOps, standardLog, type TelemetrySettings } from '@hoptrace/telemetry'
import { alertSecretOf, type StandaloneConfig, splitHostPort } from '../config.ts'

export type PlatformOptions = {
  config: StandaloneConfig
  operatorToken: string
  version: string
  /** Directory of the built web. */
  webDirectory: string
  telemetry: TelemetrySettings
  report: (notice: Record<string, unknown>) => void
}

/** Ingest, correlator and api in one process, on embedded ClickHouse. */
export class Platform {
  private constructor(
    private readonly store: Store,
    private readonly tail: SpoolTail,
    private readonly correlator: Correlator,
    private readonly alerts: AlertService,
    private readonly api: Awaited<ReturnType<typeof createApi>>,
    private readonly watches: readonly (GatewayWatch | ConflictWatch)[],
    private readonly retention: RetentionRuns | null,
    private readonly ops: ProcessOps,
  ) {}

  /** Opens the store, serves the api, and begins to store what the gateway records. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const { config, version, telemetry } = options
    // What it does is traced at the processes of the distributed form.
    const ops = new ProcessOps('platform', version, { ...telemetry, tracing: null })
    const log = standardLog('platform')
    const store = await storeIn(config.dataDir)
    const digestKey = digestKeyIn(join(config.dataDir, 'digest.key'))
    const ingest = new Ingest(store, {
      tenant: config.tenant,
      now: Date.now,
      digestKey,
      observer: new IngestMeter(ops.metrics, ops.tracing),
    })
    const api = await createApi(apiOptions(options, { store, ingest, log, ops, digestKey }))
    const tail = new SpoolTail({
      directory: join(config.dataDir, 'spool'),
      name: 'platform',
      onNotice: (notice) => options.report(noticeOf(notice)),
    })
    const alerts = await alertsOf(config, store, log, ops)
    const onError = (error: unknown) => options.report(fault('cannot link yet', error))
    const correlator = new Correlator(store, { policy: linkPolicyOf(config), alerting: alerts.alerting, now: Date.now, onError })
    ingest.onStored(() => correlator.notify())
    correlator.start()
    tail.start((batch) => ingest.onBatch(batch))
    const { host, port } = splitHostPort(config.apiListen)
    await api.listen(port, host)
    measureCorrelator(ops.metrics, () => numbersOfStore(correlator))
    const watches = watchesOf(store, log, ops)
    const retention = retentionOf(store, config, log, ops)
    await ops.listen({})
    for (const each of [...watches, retention]) each?.start()
    return new Platform(store, tail, correlator, alerts, api, watches, retention, ops)
  }

  /** Stores and links all that the gateway made durable, then lets the store go: exiting during an insert has crashed the engine. */
  async stop(): Promise<void> {
    this.ops.drain()
    await Promise.all([this.retention?.stop(), ...this.watches.map((watch) => watch.stop())])
    await this.tail.caughtUp()
    await this.tail.stop()
    await this.correlator.catchUp()
    await this.correlator.stop()
    await this.alerts.stop()
    await this.api.close()
    await this.store.close()
    await this.ops.close()
  }
}

// Whoever comes from the gateway, or is sent to it, has gone nowhere yet.
function linkPolicyOf({ gatewayNames, alerts }: StandaloneConfig): LinkPolicy {
  return { ...defaultLinkPolicy, sharedOrigins: gatewayNames, internalSuffixes: alerts.internalSuffixes }
}

async function storeIn(dataDir: string): Promise<Store> {
  const path = join(dataDir, 'store')
  for (const directory of [join(dataDir, 'spool'), path]) mkdirSync(directory, { recursive: true, mode: 0o700 })
  const store = await openStore({ kind: 'embedded', path })
  await store.migrate()
  return store
}

type Parts = { store: Store; ingest: Ingest; log: Log; ops: ProcessOps; digestKey: () => DigestKey | null }

function apiOptions(
  { config, operatorToken, version, webDirectory }: PlatformOptions,
  { store, ingest, log, ops, digestKey }: Parts,
): ApiOptions {
  return {
    gatewayUrl: config.gatewayUrl,
    operatorToken,
    tenant: config.tenant,
    version,
    gatewayId: 'api',
    webDirectory,
    publisher: asPublisher(ingest, 'api'),
    store,
    changes: ingest,
    digestKeys: (tenant) => [tenant === config.tenant ? digestKey() : null].filter((key) => key !== null),
    onAnswer: countAnswers(ops.metrics),
    log,
    alertPolicy: policyIn(config.alerts),
    ...signInOf(config),
  }
}

function watchesOf(store: Store, log: Log, ops: ProcessOps): (GatewayWatch | ConflictWatch)[] {
  const gateways = new GatewayWatch(store, { now: Date.now, onNotice: logGateways(log) })
  const conflicts = new ConflictWatch(store, { now: Date.now, onNotice: logConflicts(log) })
  measureHealth(ops.metrics, gateways, conflicts)
  return [gateways, conflicts]
}

function alertsOf(config: StandaloneConfig, store: Store, log: Log, ops: ProcessOps): Promise<AlertService> {
  return AlertService.start(store, {
    config: { settings: config.alerts, secretOf: (source) => alertSecretOf(config, source) },
    workbench: config.publicUrl ?? `http://${config.apiListen}`,
    now: Date.now,
    metrics: ops.metrics,
    log,
  })
}

/** Nothing is deleted where nobody says for how long it is kept. */
function retentionOf(store: Store, { retentionDays }: StandaloneConfig, log: Log, ops: ProcessOps): RetentionRuns | null {
  if (retentionDays === null) return null
  const onNotice = watchRetention(log, ops.metrics)
  return new RetentionRuns(store, { policy: { '*': retentionDays }, now: Date.now, onNotice })
}

function signInOf({ oidc, publicUrl }: StandaloneConfig): Pick<ApiOptions, 'oidc' | 'publicUrl'> {
  return { ...(oidc === null ? {} : { oidc }), ...(publicUrl === null ? {} : { publicUrl }) }
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
