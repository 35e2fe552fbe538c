import { z } from 'zod'
import type { Store } from '../store.ts'
import { EventFacts } from '../tables/event-facts.ts'
import { inBatches } from '../tables/key-batches.ts'

/** An event in which a value stood that went on, and what was asked for it. */
export type HopSource = { sessionId: string; seq: number; type: string; acts: readonly string[] }

type EventRef = { sessionId: string; seq: number }
const Answer = z.object({ sessionId: z.string(), seq: z.int(), type: z.string(), asked: z.int().nullable() })

/** What is known of the events that values came from: their types, and what was done by them and by what they answer. */
export class HopSources {
  private readonly facts: EventFacts

  constructor(private readonly store: Store) {
    this.facts = new EventFacts(store)
  }

  async find(tenant: string, events: readonly EventRef[]): Promise<HopSource[]> {
    const answers = await this.answers(tenant, distinct(events))
    const named = answers.flatMap(({ sessionId, asked }) => (asked === null ? [] : [{ sessionId, seq: asked }]))
    const unnamed = answers.filter(({ asked, type }) => asked === null && type === 'terminal.output')
    const [own, before] = await Promise.all([
      this.facts.find(tenant, distinct([...answers, ...named])),
      this.facts.askedBefore(tenant, unnamed),
    ])
    const acts = new Map(own.map((row) => [keyOf(row), row.acts]))
    const asked = new Map(before.map((row) => [keyOf(row), row.acts]))
    return answers.map(({ sessionId, seq, type, asked: question }) => {
      const all = [
        ...(acts.get(keyOf({ sessionId, seq })) ?? []),
        ...(question === null ? [] : (acts.get(keyOf({ sessionId, seq: question })) ?? [])),
        ...(asked.get(keyOf({ sessionId, seq })) ?? []),
      ]
      return { sessionId, seq, type, acts: [...new Set(all)].sort() }
    })
  }

  private answers(tenant: string, events: readonly EventRef[]) {
    return inBatches(events, (batch) =>
      this.store.query({
        name: 'hopSources.answers',
        sql: `SELECT session_id AS sessionId, seq, type, coalesce(JSONExtract(content, 'body', 'statement', 'Nullable(UInt32)'),
            JSONExtract(content, 'body', 'request', 'Nullable(UInt32)')) AS asked
          FROM session_events
          WHERE tenant = {tenant:String}
            AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))
            AND session_id IN (SELECT arrayJoin({ids:Array(UUID)}))
            AND (session_id, seq) IN (SELECT arrayJoin(arrayZip({ids:Array(UUID)}, {seqs:Array(UInt32)})) AS k)
          ORDER BY session_id, seq, hash LIMIT 1 BY session_id, seq`,
        params: { tenant, ids: batch.map(({ sessionId }) => sessionId), seqs: batch.map(({ seq }) => seq) },
        row: Answer,
      }),
    )
  }
}

function distinct(events: readonly EventRef[]): EventRef[] {
  return [...new Map(events.map(({ sessionId, seq }) => [keyOf({ sessionId, seq }), { sessionId, seq }])).values()]
}

function keyOf({ sessionId, seq }: EventRef): string {
  return `${sessionId}/${seq}`
}
