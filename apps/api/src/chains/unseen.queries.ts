import { decodeBytes, type EventBody, type SessionEvent } from '@hoptrace/events'
import { RecordedActs, type Store } from '@hoptrace/store'
import { EventRow, eventOf } from '../events/event-row.ts'

/** Nodes of one chain of which the commands are looked up. */
const MAX_LOOKED = 50
/** Events behind a command in which its outcome is looked for. */
const MAX_AFTER = 50
const FIRST_BYTES = 512

/** A command that named a destination to which no access was seen. `ms`: from the session's beginning to the command. */
export type Named = {
  pivot: EventBody<'pivot.named'>
  event: { seq: number; ms: number }
  exitStatus: number | null
  /** The first bytes of what it printed; null where none is known. */
  output: string | null
}
type Place = { sessionId: string; seq: number }

/** What is recorded around commands that named something, of one tenant. */
export class UnseenQueries {
  private readonly acts: RecordedActs

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.acts = new RecordedActs(store)
  }

  /** By `SESSION/SEQ` of the nodes, at most 50 of them. */
  async find(nodes: readonly Place[]): Promise<Map<string, Named>> {
    const found = new Map<string, Named>()
    const pivots = await this.events(nodes.slice(0, MAX_LOOKED))
    const named = pivots.flatMap((event) => (event.type === 'pivot.named' ? [event] : []))
    const naming = await this.events(named.map(({ sessionId, body }) => ({ sessionId, seq: body.event })))
    const byPlace = new Map(naming.map((event) => [keyOf(event), event]))
    await Promise.all(
      named.map(async (event) => {
        const command = byPlace.get(keyOf({ sessionId: event.sessionId, seq: event.body.event }))
        const ms = (command ?? event).elapsedUs / 1000
        const outcome = command ? await this.outcomeOf(command, event.seq) : { exitStatus: null, output: null }
        found.set(keyOf(event), { pivot: event.body, event: { seq: event.body.event, ms }, ...outcome })
      }),
    )
    return found
  }

  // A command of its own ends with a status; a line in a shell, and a statement, do not.
  private async outcomeOf(command: SessionEvent, pivotSeq: number): Promise<Pick<Named, 'exitStatus' | 'output'>> {
    const { type, body, sessionId, seq } = command
    if (type !== 'ssh.exec' && type !== 'kubernetes.exec' && type !== 'terminal.input') return { exitStatus: null, output: null }
    const isLine = type === 'terminal.input' || (type === 'ssh.exec' && body.command === null)
    const after = await this.after({ sessionId, seq: isLine ? Math.max(seq, pivotSeq) : seq }, body.channel)
    const printed = after.flatMap((event) => (event.type === 'terminal.output' ? [decodeBytes(event.body.data)] : []))
    const ended = isLine ? undefined : after.find((event) => event.type === 'ssh.exit' || event.type === 'kubernetes.exit')
    const output = printed.length === 0 ? null : Buffer.concat(printed).subarray(0, FIRST_BYTES).toString('utf8')
    return { output, exitStatus: ended === undefined ? null : statusOf(ended) }
  }

  private async after({ sessionId, seq }: Place, channel: number): Promise<SessionEvent[]> {
    const rows = await this.store.query({
      name: 'api.chains.afterCommand',
      sql: `SELECT seq, content, hash FROM session_events WHERE tenant = {tenant:String} AND session_id = {session:UUID}
          AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))
          AND seq > {seq:UInt32} AND type IN ('terminal.output', 'ssh.exit', 'kubernetes.exit')
          AND JSONExtractInt(content, 'body', 'channel') = {channel:Int64}
        ORDER BY seq, hash LIMIT 1 BY seq LIMIT {most:UInt32}`,
      params: { tenant: this.tenant, session: sessionId, seq, channel, most: MAX_AFTER },
      row: EventRow,
    })
    return rows.map(eventOf)
  }

  private async events(places: readonly Place[]): Promise<SessionEvent[]> {
    if (places.length === 0) return []
    const rows = await this.acts.find(this.tenant, places)
    return rows.map((row) => eventOf({ seq: row.seq, content: row.content, hash: row.hash }))
  }
}

export function keyOf({ sessionId, seq }: Place): string {
  return `${sessionId}/${seq}`
}

function statusOf(event: SessionEvent): number | null {
  if (event.type === 'ssh.exit') return event.body.status
  return event.type === 'kubernetes.exit' ? event.body.exitCode : null
}
