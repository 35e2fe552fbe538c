import { type AlertPolicy, type EventFinding, type Finding, type RuleRecord, RuleSet, readRef, ruleId } from '@hoptrace/rules'
import { EventFacts, type EventFactsRow, RecordedActs, type Span, type Store } from '@hoptrace/store'
import { EventLooker } from './event-looker.ts'
import { HOUR_US } from './hours-to-judge.ts'
import type { JudgingRules } from './judging-rules.ts'
import { recordedEvents } from './recorded-events.ts'

/** Events that fit rules, of those that one hour's findings may rest on: what a rule that fits everything costs is bounded. */
const MAX_MATCHES = 20_000
/** Hours whose findings are remembered, of all tenants, and findings of one such hour. */
const MAX_REMEMBERED = 200
const MAX_KEPT = 500

/** Where a finding stands. */
export type FoundEvent = { finding: Finding; record: RuleRecord; session: string; seq: number }

/**
 * What rules over events find, hour of event time by hour. A finding belongs to the hour of its first event. Correlations are evaluated
 * for each hour by themselves, over the events that may take part: from the longest timespan before it to the longest after. So what is
 * found follows from what is stored, whatever came when, in whatever batches; a burst that goes on for longer is one finding.
 */
export class HourFindings {
  private readonly facts: EventFacts
  private readonly acts: RecordedActs
  private readonly looker: EventLooker
  private readonly remembered = new Map<string, { rules: JudgingRules; found: FoundEvent[] }>()
  /** Hours of which more fits than is looked at, since the start. */
  truncated = 0

  constructor(store: Store, policy: AlertPolicy) {
    this.facts = new EventFacts(store)
    this.acts = new RecordedActs(store)
    this.looker = new EventLooker(store, policy)
  }

  /** @param hour since the epoch. What was found is remembered until it is forgotten, or the rules are others */
  async of(tenant: string, hour: number, rules: JudgingRules): Promise<FoundEvent[]> {
    const key = `${tenant} ${hour}`
    const known = this.remembered.get(key)
    if (known?.rules === rules) return known.found
    const found = await this.findIn(tenant, hour, rules)
    const [oldest] = this.remembered.keys()
    if (this.remembered.size >= MAX_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest)
    if (found.length <= MAX_KEPT) this.remembered.set(key, { rules, found })
    return found
  }

  forget(tenant: string, hour: number): void {
    this.remembered.delete(`${tenant} ${hour}`)
  }

  forgetAll(): void {
    this.remembered.clear()
  }

  private async findIn(tenant: string, hour: number, rules: JudgingRules): Promise<FoundEvent[]> {
    const span = { fromUs: hour * HOUR_US, toUs: (hour + 1) * HOUR_US - 1 }
    const rows = await this.matchesAround(tenant, span, rules)
    const pushed = await this.recordsOf(tenant, rows)
    const { set } = RuleSet.of(rules.rules)
    const byRef = new Map<string, RuleRecord>()
    const findings: FoundEvent[] = []
    const take = (finding: Finding, record: RuleRecord | undefined) => {
      const place = readRef(finding.anchor)
      if (!record || place?.kind !== 'event' || record.tsUs < span.fromUs || record.tsUs > span.toUs) return
      findings.push({ finding, record, session: place.session, seq: place.seq })
    }
    for (const { record, fits } of pushed) {
      if (!byRef.has(record.ref)) byRef.set(record.ref, record)
      for (const finding of set.push(record, (rule) => fits.has(ruleId(rule)))) {
        take(finding, finding.anchor === record.ref ? record : byRef.get(finding.anchor))
      }
    }
    for (const finding of set.advance(span.toUs + rules.longestUs + 1)) take(finding, byRef.get(finding.anchor))
    return findings
  }

  private async matchesAround(tenant: string, span: Span, { rules, bases, longestUs }: JudgingRules): Promise<EventFactsRow[]> {
    const inside = await this.facts.matches(tenant, span, rules.map(ruleId), MAX_MATCHES)
    const [before, after] =
      longestUs === 0
        ? [[], []]
        : await Promise.all([
            this.facts.matches(tenant, { fromUs: Math.max(0, span.fromUs - longestUs), toUs: span.fromUs - 1 }, [...bases], MAX_MATCHES),
            this.facts.matches(tenant, { fromUs: span.toUs + 1, toUs: span.toUs + longestUs }, [...bases], MAX_MATCHES),
          ])
    if ([before, inside, after].some(({ length }) => length === MAX_MATCHES)) this.truncated += 1
    return [...before, ...inside, ...after]
  }

  // In the order of (ts, session, seq), each with the rules that its event fits.
  private async recordsOf(tenant: string, rows: readonly EventFactsRow[]): Promise<{ record: RuleRecord; fits: ReadonlySet<string> }[]> {
    const stored = new Map(
      recordedEvents(await this.acts.find(tenant, rows)).map((each) => [`${each.row.sessionId}/${each.row.seq}`, each]),
    )
    const found = rows.flatMap((row) => {
      const recorded = stored.get(`${row.sessionId}/${row.seq}`)
      return recorded ? [{ recorded, fits: new Set(row.rules) }] : []
    })
    const records = await this.looker.recordsOf(
      tenant,
      found.map(({ recorded }) => recorded),
    )
    return found.flatMap(({ fits }, n) => (records[n] ?? []).map((record) => ({ record, fits })))
  }
}

/** A finding as a part of an alert. @param access in which it happened; null outside of chains */
export function inAccess({ finding, record }: FoundEvent, access: string | null): EventFinding {
  return { finding, record, access }
}
