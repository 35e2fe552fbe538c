import type { AlertPolicy } from '@hoptrace/rules'
import { type AlertRow, Alerts, type Span, type Store, type StoredAlert } from '@hoptrace/store'
import type { DesiredAlert } from './alert-rows.ts'
import { EventLooker, type Fitting } from './event-looker.ts'
import { HourFindings } from './hour-findings.ts'
import { HOUR_US, HoursToJudge } from './hours-to-judge.ts'
import { Judgement } from './judgement.ts'
import type { JudgingRules, RulesOfTenants } from './judging-rules.ts'
import { reconcileAlerts, type StoredAlerts } from './reconcile-alerts.ts'

export type AlertingOptions = {
  policy: AlertPolicy
  rules: RulesOfTenants
  /** Milliseconds since the epoch: says when an alert was raised, and decides nothing. */
  now: () => number
  /** Called once alerts are stored, with all of those that were judged that stand, and the new ones among them. */
  onJudged?: (tenant: string, told: { raised: readonly AlertRow[]; standing: readonly AlertRow[] }) => Promise<void>
}

/** What a pass of linking looked at. */
export type Linked = {
  /** Chains that are, and that were, around the accesses. */
  chains: readonly string[]
  /** Sessions that were looked at, and those whose place in a chain changed. */
  sessions: readonly string[]
  moved: readonly string[]
}

type Judged = { tenant: string; rules: JudgingRules; chains: readonly string[]; hours: readonly number[] }

/**
 * Judges what was linked: brings the stored alerts in line with the stored chains and events. The outcome depends on these, the rules
 * and the policy alone: doing it again, in other spans, or after a restart, changes nothing.
 */
export class Alerting {
  private readonly alerts: Alerts
  private readonly looker: EventLooker
  private readonly hours: HoursToJudge
  private readonly findings: HourFindings
  private isUnderWay = false

  constructor(
    private readonly store: Store,
    private readonly options: AlertingOptions,
  ) {
    this.alerts = new Alerts(store)
    this.looker = new EventLooker(store, options.policy)
    this.findings = new HourFindings(store, options.policy)
    this.hours = new HoursToJudge(store, (tenant, hour) => this.findings.forget(tenant, hour))
  }

  /** A pass that looks at no events begins with this, before anything of it is stored. After one that failed, what was stored of it counts as changed. */
  begin(): void {
    if (this.isUnderWay) {
      this.hours.unsettle()
      this.findings.forgetAll()
    }
    this.isUnderWay = true
  }

  /** Looks at the new events of some sessions, before these are linked. @returns when events happened that fit rules */
  async look(tenant: string, span: Span, sessions: readonly string[]): Promise<Fitting> {
    this.begin()
    return this.looker.look(tenant, span, sessions, await this.options.rules.of(tenant))
  }

  /** Brings the alerts of what was linked, and of the events that fit rules, up to date. */
  async judge(tenant: string, linked: Linked, fitting: Fitting): Promise<void> {
    const rules = await this.options.rules.of(tenant)
    const open = await this.hours.around(tenant, fitting, rules.longestUs)
    const near = await this.hours.unsettledOf(tenant, linked.sessions)
    const moved = await this.hours.ofSessions(tenant, linked.moved)
    const hours = [...new Set([...open, ...near, ...moved])]
    const judgement = new Judgement(this.store, { tenant, rules, policy: this.options.policy, hours: this.hours, findings: this.findings })
    const chains = [...new Set([...linked.chains, ...(await judgement.chainsIn(open))])]
    if (chains.length > 0 || hours.length > 0) await this.bringUp(judgement, { tenant, rules, chains, hours })
    this.isUnderWay = false
  }

  private async bringUp(judgement: Judgement, { tenant, rules, chains, hours }: Judged): Promise<void> {
    const desired = [...(await judgement.ofChains(chains)), ...(await judgement.ofHours(hours))]
    await this.save(tenant, desired, await this.storedOf(tenant, chains, hours), rules)
    for (const hour of hours) this.hours.settle(tenant, hour)
  }

  private async storedOf(tenant: string, chains: readonly string[], hours: readonly number[]): Promise<StoredAlert[]> {
    const ofChains = await this.alerts.findByChains(tenant, chains)
    const found: StoredAlert[] = []
    for (const hour of hours) {
      const span = { fromUs: hour * HOUR_US, toUs: (hour + 1) * HOUR_US - 1 }
      found.push(...(await this.alerts.findOfEvents(tenant, span)).filter(({ firstTs }) => firstTs >= span.fromUs && firstTs <= span.toUs))
    }
    return [...ofChains, ...found]
  }

  private async save(tenant: string, desired: readonly DesiredAlert[], judged: readonly StoredAlert[], rules: JudgingRules): Promise<void> {
    const stored = await this.aroundOf(tenant, desired, judged)
    const { rows, raised, standing } = reconcileAlerts(desired, stored, {
      nowMs: this.options.now(),
      isPresent: (rule) => rules.isPresent(rule),
    })
    await this.alerts.save(tenant, rows)
    await this.options.onJudged?.(tenant, { raised, standing })
  }

  // An alert that is desired may be stored under another chain, or none; and others may lead to those that change.
  private async aroundOf(tenant: string, desired: readonly DesiredAlert[], judged: readonly StoredAlert[]): Promise<StoredAlerts> {
    const ids = judged.map(({ id }) => id)
    const known = new Set(ids)
    const [others, redirects] = await Promise.all([
      this.alerts.findStored(
        tenant,
        desired.map(({ id }) => id).filter((id) => !known.has(id)),
      ),
      this.alerts.findRedirectsTo(tenant, ids),
    ])
    const alerts = [...new Map([...judged, ...others].map((row) => [row.id, row])).values()]
    return { alerts, redirects: redirects.filter(({ id }) => !desired.some((each) => each.id === id)) }
  }
}
