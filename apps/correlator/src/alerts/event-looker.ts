import {
  ACTING_TYPES,
  type AlertPolicy,
  actsOfEvent,
  countsOfEvent,
  RECORDED_ACTS,
  type RuleRecord,
  recordOfConflict,
  recordsOfEvent,
  ruleId,
} from '@hoptrace/rules'
import { EventFacts, type EventFactsRow, type RecordedActRow, RecordedActs, type Span, type Store } from '@hoptrace/store'
import { EventContexts } from './event-contexts.ts'
import type { JudgingRules } from './judging-rules.ts'
import { type Recorded, recordedEvents } from './recorded-events.ts'

const TYPES = [...new Set<string>([...RECORDED_ACTS, ...ACTING_TYPES])]
/** Events looked at together: bounds memory, and the text of queries. */
const BATCH = 500
const BATCH_CHARACTERS = 8 * 1024 * 1024

/** Moments of event time in µs at which events fit rules: all of them, and those of which that was not known before. */
export type Fitting = { all: number[]; changed: number[] }

/** Looks at new events once, and keeps what they did and which rules they fit. What comes of it depends on what is stored, and on the rules. */
export class EventLooker {
  private readonly acts: RecordedActs
  private readonly facts: EventFacts
  private readonly contexts: EventContexts

  constructor(store: Store, policy: AlertPolicy) {
    this.acts = new RecordedActs(store)
    this.facts = new EventFacts(store)
    this.contexts = new EventContexts(store, policy)
  }

  /** Events of these sessions in the span, and requests that were answered in it. */
  async look(tenant: string, span: Span, sessions: readonly string[], rules: JudgingRules): Promise<Fitting> {
    const fitting: Fitting = { all: [], changed: [] }
    let [batch, characters]: [RecordedActRow[], number] = [[], 0]
    for await (const row of this.acts.inSessions(tenant, sessions, span, TYPES)) {
      batch.push(row)
      characters += row.content.length
      if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue
      await this.lookAt(tenant, batch, rules, fitting)
      batch = []
      characters = 0
    }
    await this.lookAt(tenant, batch, rules, fitting)
    await this.lookAt(tenant, await this.conflicting(tenant, sessions), rules, fitting)
    return fitting
  }

  /** What rules see of these events, in the same order. */
  async recordsOf(tenant: string, recorded: readonly Recorded[]): Promise<RuleRecord[][]> {
    const refs = recorded.map(({ row }) => row)
    const [contexts, conflicts] = await Promise.all([
      this.contexts.of(
        tenant,
        recorded.map(({ event }) => event),
      ),
      this.acts.conflicts(tenant, [...new Set(refs.map(({ sessionId }) => sessionId))]),
    ])
    const places = new Set(conflicts.map(keyOf))
    return recorded.map(({ event, row }, n) => {
      const records = recordsOfEvent(event, contexts[n])
      if (!places.has(keyOf(row))) return records
      const { sessionId: session, seq, tsUs } = row
      const { gatewayId: gateway, principal, run, target } = event
      return [...records, recordOfConflict({ session, seq, tsUs, gateway, principal, run, target: target?.name ?? null })]
    })
  }

  private async lookAt(tenant: string, rows: readonly RecordedActRow[], rules: JudgingRules, fitting: Fitting): Promise<void> {
    if (rows.length === 0) return
    const recorded = recordedEvents([...rows, ...(await this.answered(tenant, rows))])
    const refs = recorded.map(({ row }) => refOf(row))
    const [records, before] = await Promise.all([this.recordsOf(tenant, recorded), this.facts.find(tenant, refs)])
    const known = new Map(before.map((row) => [keyOf(row), row]))
    const fresh: EventFactsRow[] = []
    for (const [n, each] of recorded.entries()) {
      const old = known.get(keyOf(each.row))
      const now = factsOf(each, records[n] ?? [], rules, old)
      if (now.rules.length > 0) fitting.all.push(now.tsUs)
      if (!isWorthSaying(now) && !old) continue
      if (old && isSame(now, old)) continue
      if (!old || old.rules.join() !== now.rules.join()) fitting.changed.push(now.tsUs)
      fresh.push({ ...now, version: (old?.version ?? 0) + 1 })
    }
    await this.facts.save(tenant, fresh)
  }

  // How a request was answered is known later, and rules ask for it.
  private async answered(tenant: string, rows: readonly RecordedActRow[]): Promise<RecordedActRow[]> {
    const requests = recordedEvents(rows).flatMap(({ event }) =>
      event.type === 'http.response' && event.target?.protocol === 'kubernetes'
        ? [{ sessionId: event.sessionId, seq: event.body.request }]
        : [],
    )
    const there = new Set(rows.map(keyOf))
    return this.acts.find(
      tenant,
      requests.filter((ref) => !there.has(keyOf(ref))),
    )
  }

  private async conflicting(tenant: string, sessions: readonly string[]): Promise<RecordedActRow[]> {
    return this.acts.find(tenant, await this.acts.conflicts(tenant, sessions))
  }
}

type EventRef = { sessionId: string; seq: number }

// What rules that are no longer in force found stays: it was so.
function factsOf({ event, row }: Recorded, records: readonly RuleRecord[], rules: JudgingRules, old?: EventFactsRow): EventFactsRow {
  const found = records.flatMap((record) => rules.detections.push(record).map(({ rule }) => ruleId(rule)))
  const kept = (old?.rules ?? []).filter((id) => !rules.isInForce(id))
  const { sessionId, seq, tsUs } = row
  const own = { sessionId, seq, tsUs, type: event.type, acts: actsOfEvent(event), ...countsOfEvent(event) }
  return { ...own, rules: [...new Set([...found, ...kept])].sort(), version: old?.version ?? 0 }
}

function isWorthSaying({ acts, commands, writes, rows, bytes, rules }: EventFactsRow): boolean {
  return acts.length > 0 || rules.length > 0 || commands > 0 || writes > 0 || rows > 0 || bytes > 0
}

function isSame(a: EventFactsRow, b: EventFactsRow): boolean {
  const textOf = ({ acts, commands, writes, rows, bytes, rules }: EventFactsRow) =>
    JSON.stringify([acts, commands, writes, rows, bytes, rules])
  return textOf(a) === textOf(b)
}

function refOf({ sessionId, seq }: EventRef): EventRef {
  return { sessionId, seq }
}

function keyOf({ sessionId, seq }: EventRef): string {
  return `${sessionId}/${seq}`
}
