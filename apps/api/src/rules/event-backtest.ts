import { KnownEvent } from '@hoptrace/events'
import {
  type AlertPolicy,
  contextsOf,
  type DetectionRule,
  doingOf,
  type EventContext,
  type Finding,
  RECORDED_ACTS,
  type Rule,
  type RuleRecord,
  RuleSet,
  readRef,
  recordsOfEvent,
  ruleId,
} from '@hoptrace/rules'
import { EventContextReader, type RecordedActRow, RecordedActs, type Store } from '@hoptrace/store'
import type { Range } from '../http/range.ts'

/** Where a finding over events stands. */
export type FoundEvent = { finding: Finding; record: RuleRecord; session: string; seq: number }

/** Events that are looked at; of more, the earliest of the range. */
const MAX_EVENTS = 50_000
/** Events that fit detections, and findings: what a rule that fits everything costs is bounded. */
const MAX_MATCHES = 20_000
const BATCH = 500
const BATCH_CHARACTERS = 8 * 1024 * 1024
/** Fields that are told of an event by what else is stored. */
const TOLD = /isFirstSeen|agentTemplate|agentVersion|responseStatus/

/** Runs rules over the recorded events of a range, in the order of event time. */
export class EventBacktest {
  readonly found: FoundEvent[] = []
  looked = 0
  isTruncated = false
  private readonly set: RuleSet
  private readonly detections: RuleSet
  private readonly types: readonly string[]
  private readonly asksForMore: boolean
  private readonly matched = new Map<string, RuleRecord>()

  constructor(
    private readonly store: Store,
    private readonly policy: AlertPolicy,
    rules: readonly Rule[],
  ) {
    const detections = rules.filter((rule): rule is DetectionRule => rule.kind === 'detection')
    this.set = RuleSet.of(rules).set
    this.detections = RuleSet.of(detections).set
    this.types = typesFor(detections)
    this.asksForMore = TOLD.test(JSON.stringify(detections.map(({ document }) => document)))
  }

  async run(tenant: string, { fromUs, toUs }: Range): Promise<void> {
    if (this.types.length === 0) return
    const rows = new RecordedActs(this.store).inRange(tenant, { fromUs, toUs: toUs - 1 }, this.types, MAX_EVENTS + 1)
    let [batch, characters]: [RecordedActRow[], number] = [[], 0]
    for await (const row of rows) {
      if (this.looked === MAX_EVENTS || this.isFull()) {
        this.isTruncated = true
        break
      }
      this.looked += 1
      batch.push(row)
      characters += row.content.length
      if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue
      await this.lookAt(tenant, batch)
      batch = []
      characters = 0
    }
    await this.lookAt(tenant, batch)
    for (const finding of this.set.advance(Number.MAX_SAFE_INTEGER)) this.take(finding)
  }

  private isFull(): boolean {
    return this.matched.size >= MAX_MATCHES || this.found.length >= MAX_MATCHES
  }

  private async lookAt(tenant: string, rows: readonly RecordedActRow[]): Promise<void> {
    const events = rows.flatMap((row) => readEvent(row) ?? [])
    const contexts = await this.contextsOf(tenant, events)
    for (const [n, event] of events.entries()) {
      for (const record of recordsOfEvent(event, contexts[n])) this.push(record)
    }
  }

  private push(record: RuleRecord): void {
    const fits = new Set(this.detections.push(record).map(({ rule }) => ruleId(rule)))
    if (fits.size === 0) return
    if (!this.matched.has(record.ref)) this.matched.set(record.ref, record)
    for (const finding of this.set.push(record, (rule) => fits.has(ruleId(rule)))) this.take(finding)
  }

  private take(finding: Finding): void {
    const place = readRef(finding.anchor)
    const record = this.matched.get(finding.anchor)
    if (record && place?.kind === 'event') this.found.push({ finding, record, session: place.session, seq: place.seq })
  }

  // Most rules ask for nothing but what an event says itself.
  private async contextsOf(tenant: string, events: readonly KnownEvent[]): Promise<EventContext[]> {
    if (!this.asksForMore)
      return contextsOf(events, { agents: new Map(), reachedByActors: [], histories: [], statuses: new Map() }, this.policy)
    const requests = events.filter(({ type }) => type === 'kubernetes.request').map(({ sessionId, seq }) => ({ sessionId, seq }))
    return contextsOf(events, await new EventContextReader(this.store).find(tenant, events.map(doingOf), requests), this.policy)
  }
}

/** Of a rule over hops alone no event is looked at. */
function typesFor(rules: readonly DetectionRule[]): readonly string[] {
  const isOver = (category: string | undefined, product: string | undefined) =>
    (category === undefined || category === 'event') && (product === undefined || product === 'hoptrace')
  if (rules.some(({ source }) => source.service === undefined && isOver(source.category, source.product))) return RECORDED_ACTS
  return rules.some(({ source }) => source.category === undefined || source.product === 'kubernetes') ? ['kubernetes.request'] : []
}

// The stored content is what the hash proves, without the hash itself.
function readEvent({ content, hash }: RecordedActRow): KnownEvent | null {
  try {
    return KnownEvent.safeParse({ ...Object(JSON.parse(content)), hash }).data ?? null
  } catch {
    return null
  }
}
