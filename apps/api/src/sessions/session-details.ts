import { type SequenceReport, SequenceWalk, type SessionEvent } from '@hoptrace/events'
import type { SessionDetail } from '../contract/index.ts'
import { eventOf } from '../events/event-row.ts'
import type { EventsQueries } from '../events/events.queries.ts'
import { maskText } from '../masking/mask-text.ts'
import type { RunsQueries } from '../runs/runs.queries.ts'
import { type SessionRow, summaryOf } from './session-row.ts'
import type { SessionsQueries } from './sessions.queries.ts'

/** A longer session's chain is walked by verification alone: its page says what counting tells. */
const MAX_WALKED = 100_000
const DETAIL_TYPES = ['session.started', 'session.ended', 'recording.gap'] as const

/** All that there is to say of one session without its content. */
export class SessionDetails {
  constructor(
    private readonly sessions: SessionsQueries,
    private readonly events: EventsQueries,
    private readonly runs: RunsQueries,
    private readonly chainsOf: (session: string) => Promise<string[]>,
  ) {}

  /** Null for an unknown session, and for a gateway's own boot stream. */
  async find(id: string): Promise<SessionDetail | null> {
    const row = await this.sessions.find(id)
    if (!row) return null
    const [marks, types, walked, channels, run, chains] = await Promise.all([
      this.events.page({ session: id, after: -1, types: DETAIL_TYPES, limit: 1000 }),
      this.events.types(id),
      row.events > MAX_WALKED ? null : this.walk(row),
      this.events.channels(id),
      row.run === null ? null : this.runs.started(row.run),
      this.chainsOf(id),
    ])
    const has = (prefix: string) => types.some(({ type }) => type.startsWith(prefix))
    const { missing, conflicts, completeness } = walked ?? { missing: [], conflicts: [], completeness: row.wholeness }
    return {
      ...summaryOf(row),
      // Walking the chain sees more than counting: hashes that do not chain.
      completeness,
      ...toldBy(marks.map(eventOf)),
      database: row.database,
      bootId: row.bootId,
      agent: run?.agent ?? null,
      task: run && maskText(run.task),
      isTerminal: channels.length > 0,
      channels,
      isSql: has('sql.'),
      gaps: { missing, conflicts, declared: gapsIn(marks.map(eventOf)) },
      chains,
    }
  }

  private async walk({ sessionId, saidSeq }: SessionRow): Promise<SequenceReport> {
    const walk = new SequenceWalk()
    for await (const link of this.events.links(sessionId)) walk.add(link)
    return walk.report(saidSeq)
  }
}

function toldBy(events: readonly SessionEvent[]): Pick<SessionDetail, 'tls' | 'imported' | 'endMessage'> {
  const started = events.find((event) => event.type === 'session.started')
  const ended = events.find((event) => event.type === 'session.ended')
  return {
    tls: started?.body.tls ?? null,
    imported: started?.body.imported ?? null,
    endMessage: ended?.body.message ? maskText(ended.body.message) : null,
  }
}

function gapsIn(events: readonly SessionEvent[]): SessionDetail['gaps']['declared'] {
  return events.flatMap((event) => {
    if (event.type !== 'recording.gap') return []
    const { reason, message } = event.body
    return [{ seq: event.seq, ms: event.elapsedUs / 1000, reason, message: maskText(message) }]
  })
}
