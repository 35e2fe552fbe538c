import { setTimeout as sleep } from 'node:timers/promises'
import { AlertDeliveries, type AlertDeliveryRow, type AlertRow, Alerts, type Store, Suppressions } from '@hoptrace/store'
import type { Destination, Sent } from './destination.ts'
import { dueDeliveries, isUrgent } from './due-deliveries.ts'
import { noticeOf } from './notice.ts'

export type DeliveryNotice = { destination: string; outcome: 'delivered' | 'failed' | 'retried'; reason: string | null }

export type DeliveriesOptions = {
  destinations: readonly Destination[]
  /** Where people look at alerts; null where nobody said. */
  workbench: string | null
  /** Milliseconds since the epoch. */
  now: () => number
  /** How long to wait after each failure, in ms; after the last it is given up. */
  retryAfterMs?: readonly number[]
  onNotice?: (notice: DeliveryNotice) => void
}

/** About a day, in all. */
const RETRY_AFTER_MS = [1, 5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800].map((seconds) => seconds * 1000)
/** An alert that nobody was told of when it was raised is no news after this. */
const NEWS_MS = 24 * 3_600_000

type Waiting = AlertDeliveryRow & { tenant: string }

/**
 * Tells of alerts. That somebody is to be told is stored before it is tried, so that a restart sends what was waiting; whoever is told
 * twice knows it by its key. Destinations wait for nobody but themselves.
 */
export class Deliveries {
  private readonly alerts: Alerts
  private readonly rows: AlertDeliveries
  private readonly suppressions: Suppressions
  private readonly lines: ReadonlyMap<string, Line>
  private readonly stopping = new AbortController()

  constructor(
    store: Store,
    private readonly options: DeliveriesOptions,
  ) {
    this.alerts = new Alerts(store)
    this.rows = new AlertDeliveries(store)
    this.suppressions = new Suppressions(store)
    this.lines = new Map(options.destinations.map((destination) => [destination.name, new Line(destination)]))
  }

  /** Sends what was waiting when the last process ended. @throws StoreQueryError */
  async resume(): Promise<void> {
    if (this.lines.size > 0) for (const waiting of await this.rows.waiting()) this.enqueue(waiting)
  }

  /** Puts down who is to be told of these alerts, and begins to tell. @throws what the store throws; then nothing was begun */
  async tell(tenant: string, standing: readonly AlertRow[]): Promise<void> {
    const { destinations, now } = this.options
    const nowMs = now()
    const urgent = standing.filter((alert) => nowMs - alert.raisedAtMs <= NEWS_MS && destinations.some(({ from }) => isUrgent(alert, from)))
    if (urgent.length === 0) return
    const aliases = await this.alerts.aliases(
      tenant,
      urgent.map(({ id }) => id),
    )
    const leadingTo = (alert: AlertRow) => [alert.id, ...aliases.filter(({ redirectTo }) => redirectTo === alert.id).map(({ id }) => id)]
    const [deliveries, suppressions] = await Promise.all([
      this.rows.listByAlerts(tenant, urgent.flatMap(leadingTo)),
      this.suppressions.list(tenant, { atUs: nowMs * 1000 }),
    ])
    const told = urgent.map((alert) => {
      const ids = leadingTo(alert)
      return { alert, deliveries: deliveries.filter(({ alertId }) => ids.includes(alertId)) }
    })
    const fresh = dueDeliveries(tenant, told, destinations, suppressions).map(({ alert, destination }) => {
      const { id: alertId, severity, response } = alert
      const isOwn = (row: AlertDeliveryRow) => row.alertId === alertId && row.destination === destination && row.severity === severity
      const version = (deliveries.find(isOwn)?.version ?? 0) + 1
      return { alertId, destination, severity, response, outcome: 'waiting', attempts: 0, atMs: nowMs, version } as const
    })
    await this.rows.save(tenant, fresh)
    for (const row of fresh) this.enqueue({ ...row, tenant })
  }

  /** Ends what is under way; it is stored as waiting. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.all([...this.lines.values()].map(({ running }) => running))
    await Promise.all(this.options.destinations.map((destination) => destination.close()))
  }

  private enqueue(waiting: Waiting): void {
    const line = this.lines.get(waiting.destination)
    // A destination that was taken out of the configuration: should it come back, what waits for it does, too.
    if (!line || this.stopping.signal.aborted) return
    line.running = line.running.then(() => this.deliver(line.destination, waiting)).catch(() => undefined)
  }

  // One attempt. What failed steps aside meanwhile: one that fails for long holds nothing up.
  private async deliver(destination: Destination, waiting: Waiting): Promise<void> {
    const { signal } = this.stopping
    const { retryAfterMs = RETRY_AFTER_MS, onNotice } = this.options
    if (signal.aborted) return
    const sent = await this.attempt(destination, waiting)
    if (signal.aborted) return
    const waitMs = sent.kind === 'failed' ? retryAfterMs[waiting.attempts] : undefined
    const outcome = sent.kind === 'delivered' ? 'delivered' : waitMs === undefined ? 'failed' : 'waiting'
    const attempts = waiting.attempts + 1
    const next = { ...waiting, outcome, attempts, version: waiting.version + 1 } as const
    await this.note(next)
    const reason = sent.kind === 'delivered' ? null : sent.reason
    onNotice?.({ destination: destination.name, outcome: outcome === 'waiting' ? 'retried' : outcome, reason })
    if (waitMs !== undefined) this.later(waitMs, next)
  }

  private later(waitMs: number, waiting: Waiting): void {
    sleep(waitMs, undefined, { signal: this.stopping.signal, ref: false }).then(
      () => this.enqueue(waiting),
      () => undefined,
    )
  }

  // As the alert is now: what was to be told may have been explained, or have grown, since.
  private async attempt(destination: Destination, { tenant, alertId, severity, response }: Waiting): Promise<Sent> {
    try {
      const found = await this.alerts.find(tenant, alertId)
      if (found.kind !== 'alert') return { kind: 'refused', reason: 'gone' }
      const notice = noticeOf(tenant, found.alert, this.options.workbench)
      return await destination.send(notice, [tenant, alertId, severity, response].filter(Boolean).join('/'), this.stopping.signal)
    } catch {
      return { kind: 'failed', reason: 'store' }
    }
  }

  // Should this fail, a restart sends it again, under the same key.
  private async note({ tenant, ...row }: Waiting): Promise<void> {
    await this.rows.save(tenant, [{ ...row, atMs: this.options.now() }]).catch(() => undefined)
  }
}

/** What one destination is told, one after the other. */
class Line {
  running: Promise<void> = Promise.resolve()
  constructor(readonly destination: Destination) {}
}
