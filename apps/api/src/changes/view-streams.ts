import type { Store } from '@hoptrace/store'
import { z } from 'zod'

const MAX_KNOWN = 100_000

type Stream = { tenant: string; sessionId: string }

/** Tells the streams in which some api records who viewed what from everything else. */
export class ViewStreams {
  private readonly known = new Map<string, boolean>()

  constructor(private readonly store: Store) {}

  /** Which of these are none. A stream never becomes another kind, so each is looked up once. */
  async without<T extends Stream>(sessions: readonly T[]): Promise<T[]> {
    const unknown = sessions.filter((session) => !this.known.has(keyOf(session)))
    if (unknown.length > 0) await this.lookUp(unknown)
    return sessions.filter((session) => this.known.get(keyOf(session)) === false)
  }

  private async lookUp(streams: readonly Stream[]): Promise<void> {
    const ids = [...new Set(streams.map(({ sessionId }) => sessionId))]
    const rows = await this.store.query({
      name: 'api.changes.viewStreams',
      sql: `SELECT DISTINCT toString(tenant) AS tenant, toString(session_id) AS sessionId FROM session_events
        WHERE session_id IN {ids:Array(UUID)} AND type = 'recording.viewed'
          AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) IN (SELECT toStartOfHour(UUIDv7ToDateTime(arrayJoin({ids:Array(UUID)}), 'UTC')))`,
      params: { ids },
      row: z.object({ tenant: z.string(), sessionId: z.string() }),
    })
    const views = new Set(rows.map(keyOf))
    if (this.known.size + streams.length > MAX_KNOWN) this.known.clear()
    for (const stream of streams) this.known.set(keyOf(stream), views.has(keyOf(stream)))
  }
}

// Whoever fills another tenant's store chooses its ids.
function keyOf({ tenant, sessionId }: Stream): string {
  return `${sessionId} ${tenant}`
}
