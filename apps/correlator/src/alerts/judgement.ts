import { type AlertPolicy, alertsOfChain, alertsOfFindings, type ChainFacts, type EventFinding, factsOf } from '@hoptrace/rules'
import { ChainFactsReader, HopChainAccesses, type Store } from '@hoptrace/store'
import { alertRow, type DesiredAlert } from './alert-rows.ts'
import { type FoundEvent, type HourFindings, inAccess } from './hour-findings.ts'
import type { HoursToJudge } from './hours-to-judge.ts'
import type { JudgingRules } from './judging-rules.ts'

/** Chains read together: bounds memory. */
const CHAINS_AT_ONCE = 100

export type JudgementOptions = { tenant: string; rules: JudgingRules; policy: AlertPolicy; hours: HoursToJudge; findings: HourFindings }

/** What there is to tell of some chains and hours as they are stored now. Lives for one pass: what it read stays as it was. */
export class Judgement {
  private readonly facts: ChainFactsReader
  private readonly members: HopChainAccesses
  private readonly known = new Map<number, Promise<FoundEvent[]>>()

  constructor(
    store: Store,
    private readonly options: JudgementOptions,
  ) {
    this.facts = new ChainFactsReader(store)
    this.members = new HopChainAccesses(store)
  }

  /** Chains in whose accesses something was found in these hours. */
  async chainsIn(hours: readonly number[]): Promise<string[]> {
    const found = (await Promise.all(hours.map((hour) => this.foundIn(hour)))).flat()
    return [...new Set((await this.chainsByAccess(found)).values())]
  }

  /** Alerts of those of these chains that stand by themselves. */
  async ofChains(ids: readonly string[]): Promise<DesiredAlert[]> {
    const { tenant, rules, policy } = this.options
    const desired: DesiredAlert[] = []
    for (let at = 0; at < ids.length; at += CHAINS_AT_ONCE) {
      for (const rows of await this.facts.find(tenant, ids.slice(at, at + CHAINS_AT_ONCE))) {
        const chain = factsOf(rows, policy)
        const alerts = alertsOfChain(chain, rules.rules, policy, await this.foundOf(chain))
        desired.push(...alerts.map((alert) => alertRow(alert, chain.baseline)))
      }
    }
    return desired
  }

  /** Alerts of what was found in these hours outside of chains. Each hour's stand by themselves. */
  async ofHours(hours: readonly number[]): Promise<DesiredAlert[]> {
    const desired: DesiredAlert[] = []
    for (const hour of hours) {
      const found = await this.foundIn(hour)
      const chained = await this.chainsByAccess(found)
      const alone = found.filter((each) => !accessesOf(each).some((id) => chained.has(id)))
      const alerts = alertsOfFindings(
        alone.map((each) => inAccess(each, null)),
        this.options.policy,
      )
      desired.push(...alerts.map((alert) => alertRow(alert, null)))
    }
    return desired
  }

  // What rules over events found in the accesses of a chain, in whatever hour of it.
  private async foundOf({ accesses, firstUs, lastUs }: ChainFacts): Promise<EventFinding[]> {
    const ids = new Set(accesses.map(({ id }) => id))
    const sessions = [...new Set(accesses.map(({ at }) => at.session))]
    const hours = await this.options.hours.ofSessions(this.options.tenant, sessions, { fromUs: firstUs, toUs: lastUs })
    const found = (await Promise.all(hours.map((hour) => this.foundIn(hour)))).flat()
    return found.flatMap((each) => {
      const access = accessesOf(each).find((id) => ids.has(id))
      return access === undefined ? [] : [inAccess(each, access)]
    })
  }

  private foundIn(hour: number): Promise<FoundEvent[]> {
    const { tenant, rules, findings } = this.options
    const found = this.known.get(hour) ?? findings.of(tenant, hour, rules)
    this.known.set(hour, found)
    return found
  }

  private async chainsByAccess(found: readonly FoundEvent[]): Promise<Map<string, string>> {
    const rows = await this.members.findByAccesses(this.options.tenant, [...new Set(found.flatMap(accessesOf))])
    return new Map(rows.flatMap(({ accessId, chainId, isDeleted }) => (isDeleted ? [] : [[accessId, chainId] as const])))
  }
}

/** Accesses that an event may stand in: a use or a refusal of its own, or the session. */
function accessesOf({ session, seq }: FoundEvent): string[] {
  return [`${session}.${seq}`, session]
}
