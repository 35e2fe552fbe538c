import { policyIn } from '@hoptrace/rules'
import type { AlertRow, Store } from '@hoptrace/store'
import { correlatorMetrics, type Log, type Metrics, name } from '@hoptrace/telemetry'
import { Deliveries, type DeliveryNotice } from '../delivery/deliveries.ts'
import type { Destination } from '../delivery/destination.ts'
import { WebDestination } from '../delivery/web-destination.ts'
import type { AlertConfig } from './alert-settings-file.ts'
import { Alerting } from './alerting.ts'
import { RulesOfTenants } from './judging-rules.ts'

export type AlertServiceOptions = {
  config: AlertConfig
  /** Where people look at alerts, without a slash at its end; null where nobody said. */
  workbench: string | null
  /** Others that are told, such as the bus. */
  more?: readonly Destination[]
  /** Milliseconds since the epoch. */
  now: () => number
  metrics: Metrics
  log: Log
}

/** Judges, counts and tells: what a correlator is given that raises alerts. */
export class AlertService {
  private constructor(
    readonly alerting: Alerting,
    private readonly deliveries: Deliveries,
  ) {}

  /** Sends what was waiting. @throws AlertSettingsError where a secret is missing */
  static async start(store: Store, options: AlertServiceOptions): Promise<AlertService> {
    const { config, workbench, more = [], now, metrics, log } = options
    const destinations = [...more, ...webDestinations(config, now)]
    const deliveries = new Deliveries(store, { destinations, workbench, now, onNotice: deliveryMeter(metrics, log) })
    const count = alertMeter(metrics)
    const rules = new RulesOfTenants(store, now, rulesMeter(metrics, log))
    const onJudged = async (tenant: string, told: { raised: readonly AlertRow[]; standing: readonly AlertRow[] }) => {
      for (const alert of told.raised) count(alert)
      await deliveries.tell(tenant, told.standing)
    }
    const alerting = new Alerting(store, { policy: policyIn(config.settings), rules, now, onJudged })
    await deliveries.resume()
    return new AlertService(alerting, deliveries)
  }

  /** Ends what is being told; it is told after the next start. */
  stop(): Promise<void> {
    return this.deliveries.stop()
  }
}

function webDestinations({ settings, secretOf }: AlertConfig, now: () => number): Destination[] {
  return settings.destinations.map(({ url, secret, tenants, ...own }) => {
    const to = typeof url === 'string' ? url : secretOf(url)
    return new WebDestination({ ...own, url: to, secret: secret ? Buffer.from(secretOf(secret)) : null, tenants: tenants ?? null, now })
  })
}

function alertMeter(metrics: Metrics): (alert: AlertRow) => void {
  const raised = metrics.counter(correlatorMetrics.alertsRaised)
  const lag = metrics.histogram(correlatorMetrics.alertLag)
  return ({ response, raisedAtMs, lastTs }) => {
    raised.add({ response })
    lag.observe({}, Math.max(0, raisedAtMs / 1000 - lastTs / 1e6))
  }
}

function deliveryMeter(metrics: Metrics, log: Log): (notice: DeliveryNotice) => void {
  const deliveries = metrics.counter(correlatorMetrics.alertDeliveries)
  return ({ destination, outcome, reason }) => {
    deliveries.add({ outcome })
    if (reason !== null) log.warn('an alert was not delivered', { setting: name(destination), reason: name(reason), code: name(outcome) })
  }
}

function rulesMeter(metrics: Metrics, log: Log): (tenant: string, told: { rules: number; faults: number }) => void {
  const faulty = new Map<string, number>()
  metrics.gaugeFrom(correlatorMetrics.rulesFaulty, () => [...faulty.values()].reduce((sum, each) => sum + each, 0))
  return (tenant, { faults }) => {
    faulty.set(tenant, faults)
    if (faults > 0) log.warn('rules that cannot be used are left out', { tenant: name(tenant), count: faults })
  }
}
