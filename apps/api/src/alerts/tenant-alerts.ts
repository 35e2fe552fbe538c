import {
  type AlertActionRow,
  AlertActions,
  AlertDeliveries,
  type AlertDeliveryRow,
  type AlertRow,
  Alerts,
  type AlertsFilter,
  type Appended,
  type FoundAlert,
  type NewAlertAction,
  type Store,
  Suppressions,
  suppressionOf,
} from '@hoptrace/store'
import { z } from 'zod'
import type { AlertsQuery } from '../contract/index.ts'
import { decodeCursor } from '../http/cursor.ts'
import type { Range } from '../http/range.ts'
import { InTurn } from '../tenancy/in-turn.ts'
import type { LivedAlert } from './alert-answer.ts'
import { type RankedAlerts, rankAlerts } from './alert-queue.ts'

const Place = z.tuple([z.int(), z.string()])
/** Open ones that are ranked. More than these nobody looks through: lists page through all of them. */
const MAX_RANKED = 500
const MAX_ABOUT = 50

/** Alerts of one tenant, with what people did with them. */
export class TenantAlerts {
  private readonly alerts: Alerts
  private readonly actions: AlertActions
  private readonly deliveries: AlertDeliveries
  private readonly suppressions: Suppressions
  private readonly turns = new InTurn()

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.alerts = new Alerts(store)
    this.actions = new AlertActions(store)
    this.deliveries = new AlertDeliveries(store)
    this.suppressions = new Suppressions(store)
  }

  /** Newest first; one more than the limit, when there is one. */
  async page(query: AlertsQuery, range: Range, nowUs: number): Promise<LivedAlert[]> {
    const { cursor, limit, state, severity, response, rule, principal, target, run, chain } = query
    const after = decodeCursor(cursor, Place)
    const filter: AlertsFilter = {
      from: range.fromUs,
      to: range.toUs,
      limit: limit + 1,
      ...(state === undefined ? {} : { states: state }),
      ...(severity === undefined ? {} : { severities: severity }),
      ...(response === undefined ? {} : { responses: response }),
      ...(rule === undefined ? {} : { rule }),
      ...(principal === undefined ? {} : { principal }),
      ...(target === undefined ? {} : { target }),
      ...(run === undefined ? {} : { run }),
      ...(chain === undefined ? {} : { chain }),
      ...(after ? { after: { firstTs: after[0], id: after[1] } } : {}),
    }
    return this.list(filter, nowUs)
  }

  async list(filter: AlertsFilter, nowUs: number): Promise<LivedAlert[]> {
    return this.lived(await this.alerts.list(this.tenant, filter), nowUs)
  }

  async hasAny(): Promise<boolean> {
    return (await this.alerts.count(this.tenant)) > 0
  }

  /** What is open or acknowledged, ranked within the budget, with what was held back. */
  async queue(budget: number, nowUs: number): Promise<RankedAlerts & { openTotal: number }> {
    const states = ['open', 'acknowledged'] as const
    const [paging, others, openTotal] = await Promise.all([
      this.alerts.list(this.tenant, { states, responses: ['page'], limit: MAX_RANKED }),
      this.alerts.list(this.tenant, { states, responses: ['queue', 'log'], limit: MAX_RANKED }),
      this.alerts.count(this.tenant, { states }),
    ])
    const alerts = await this.lived([...paging, ...others], nowUs)
    return { ...rankAlerts(alerts, budget), openTotal }
  }

  find(id: string): Promise<FoundAlert> {
    return this.alerts.find(this.tenant, id)
  }

  /** Alerts of these chains, and those that ask for the rotation of this secret; newest first, at most 50. */
  async about(chains: readonly string[], digest: string, nowUs: number): Promise<LivedAlert[]> {
    const rows = await this.store.query({
      name: 'api.alerts.about',
      sql: `SELECT toString(a.id) AS id FROM alerts AS a FINAL WHERE tenant = {tenant:String} AND NOT is_deleted AND redirect_to = ''
          AND (has({chains:Array(String)}, chain_id) OR position(content, {digest:String}) > 0) ORDER BY first_ts DESC, id LIMIT {most:UInt32}`,
      params: { tenant: this.tenant, chains, digest, most: MAX_ABOUT },
      row: z.object({ id: z.string() }),
    })
    const found = await this.alerts.findStored(
      this.tenant,
      rows.map(({ id }) => id),
    )
    found.sort((a, b) => b.firstTs - a.firstTs || (a.id < b.id ? -1 : 1))
    return this.lived(found, nowUs)
  }

  /** One alert with what was done with it. */
  async live(row: AlertRow, nowUs: number): Promise<LivedAlert> {
    const [alert] = await this.lived([row], nowUs)
    return alert ?? { row, actions: [], suppression: null }
  }

  /** @param seen the alert's revision that the caller saw */
  act(id: string, seen: number, action: NewAlertAction): Promise<Appended> {
    return this.turns.run(id, () => this.actions.append(this.tenant, id, seen, action))
  }

  /** Where an alert was sent, under all its addresses. */
  async deliveriesOf(id: string): Promise<AlertDeliveryRow[]> {
    const aliases = await this.alerts.aliases(this.tenant, [id])
    return this.deliveries.listByAlerts(this.tenant, [id, ...aliases.map((alias) => alias.id)])
  }

  countByRule(range: Range): Promise<Map<string, number>> {
    return this.alerts.countByRule(this.tenant, range.fromUs, range.toUs)
  }

  private async lived(rows: readonly AlertRow[], nowUs: number): Promise<LivedAlert[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const [aliases, suppressions] = await Promise.all([
      this.alerts.aliases(this.tenant, ids),
      this.suppressions.list(this.tenant, { atUs: nowUs }),
    ])
    const standing = new Map(aliases.map(({ id, redirectTo }) => [id, redirectTo]))
    const actions = await this.actions.list(this.tenant, [...ids, ...standing.keys()])
    const byAlert = new Map<string, AlertActionRow[]>()
    for (const action of actions) {
      const alert = standing.get(action.alertId) ?? action.alertId
      byAlert.set(alert, [...(byAlert.get(alert) ?? []), action])
    }
    return rows.map((row) => ({ row, actions: byAlert.get(row.id) ?? [], suppression: suppressionOf(row, suppressions) }))
  }
}
