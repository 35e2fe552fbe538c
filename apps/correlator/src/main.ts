import 'reflect-metadata'
import { type KafkaNotice, KafkaPublisher } from '@hoptrace/bus'
import { defaultLinkPolicy } from '@hoptrace/hopchain'
import { openStore, type Store } from '@hoptrace/store'
import { type Checks, explained, FrameworkLog, faultOf, name, standardLog, stopOnSignals } from '@hoptrace/telemetry'
import { NestFactory } from '@nestjs/core'
import { AlertService } from './alerts/alert-service.ts'
import { type CorrelatorConfig, loadConfig, loadTelemetry } from './config.ts'
import { CorrelatorModule } from './correlator.module.ts'
import { Correlator } from './correlator.ts'
import { Outbox } from './delivery/outbox.ts'
import { numbersOfStore, StreamMeter } from './ops/correlator-numbers.ts'
import { type CorrelatorNumbers, CorrelatorOps } from './ops/correlator-ops.ts'
import { StoreLinks } from './stream/store-links.ts'
import { StreamCorrelator } from './stream/stream-correlator.ts'

const SHUTDOWN_WITHIN_MS = 40_000
const log = standardLog('correlator')
const ORDINARY: ReadonlySet<KafkaNotice['kind']> = new Set(['assigned', 'rebalancing', 'abandoned'])

async function boot(): Promise<void> {
  const config = loadConfig()
  const ops = new CorrelatorOps(loadTelemetry())
  const store = await openStore(config.store)
  await store.migrate()
  const alerts = await startAlerts(store, config, ops)
  const running = await start(store, config, alerts)
  await ops.serve(running.numbers, running.checks)
  const stop = async () => {
    ops.drain()
    await running.close()
    await alerts.stop()
    await store.close()
    await ops.close()
  }
  stopOnSignals({ log, stop, withinMs: SHUTDOWN_WITHIN_MS })
  log.info('correlator ready')
}

type Running = { close(): Promise<void>; numbers: () => CorrelatorNumbers; checks: Checks }

// Where there is a bus, whoever reads its topic of alerts is told, too.
async function startAlerts(
  store: Store,
  { source, alerts: config, workbench }: CorrelatorConfig,
  ops: CorrelatorOps,
): Promise<AlertService> {
  const more = source.kind === 'kafka' ? [new Outbox(await KafkaPublisher.connect(source.settings, { onNotice: tell }))] : []
  return AlertService.start(store, { config, workbench, more, now: Date.now, metrics: ops.metrics, log })
}

async function start(store: Store, { source, sharedOrigins, alerts }: CorrelatorConfig, { alerting }: AlertService): Promise<Running> {
  const policy = { ...defaultLinkPolicy, sharedOrigins, internalSuffixes: alerts.settings.internalSuffixes }
  const onError = (error: unknown) => log.warn('cannot link yet', { fault: faultOf(error) })
  if (source.kind === 'store') {
    const { pollMs, overlapMs } = source
    const correlator = new Correlator(store, { policy, alerting, pollMs, overlapMs, now: Date.now, onError })
    const app = await NestFactory.createApplicationContext(CorrelatorModule.of(correlator), { logger: new FrameworkLog(log) })
    return { close: () => app.close(), numbers: () => numbersOfStore(correlator), checks: {} }
  }
  const { settings, silenceMs, maxHeld, overlapMs } = source
  const meter = new StreamMeter()
  const links = meter.metered(new StoreLinks(store, policy, Date.now, alerting))
  const onFailure = (error: unknown) => {
    meter.failed()
    onError(error)
  }
  const follower = new Correlator(store, { policy, alerting, overlapMs, now: Date.now })
  const repair = () => follower.catchUp()
  const now = Date.now
  const stream = await StreamCorrelator.start({ settings, links, silenceMs, maxHeld, repair, now, onError: onFailure, onNotice: tell })
  return {
    close: () => stream.close(),
    numbers: () => meter.numbersOf(stream),
    checks: { bus: () => stream.isRunning || 'joining' },
  }
}

// What the bus has to say: kinds and codes.
function tell(notice: KafkaNotice): void {
  const reason = name(notice.kind)
  if (ORDINARY.has(notice.kind)) log.info('the bus shares its partitions out', { reason })
  else log.warn('the bus has trouble', { reason, ...('error' in notice ? { fault: faultOf(notice.error) } : {}) })
}

boot().catch((error: unknown) => {
  log.fatal('cannot start', explained(error))
  process.exit(1)
})
