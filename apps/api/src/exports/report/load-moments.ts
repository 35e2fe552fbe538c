import { recordedTypeOf, type SessionEvent } from '@hoptrace/events'
import { type HopRow, type SessionEventRow, SessionEvents, type Store } from '@hoptrace/store'
import { eventOf } from '../../events/event-row.ts'
import { maskedEvents } from '../../masking/masked-events.ts'
import type { Requester } from '../package/scope.ts'
import type { StoredEvent } from '../stored-event.ts'
import type { Moment } from './chain-report.ts'
import { excerptOf } from './excerpt.ts'

type End = HopRow['from']
type Sought = HopRow['evidence'][number]['observable']

/** A terminal gives words in pieces: so many events before and behind say whether a secret is one of them. */
const AROUND = 24

/** Reads moments in recordings as their requester may see them. */
export class Moments {
  private readonly events: SessionEvents

  constructor(
    store: Store,
    private readonly requester: Requester,
  ) {
    this.events = new SessionEvents(store)
  }

  async at(end: End, sought: Sought): Promise<Moment> {
    const { session, seq, tsUs: us, ms, at, offset } = end
    const place = { session, seq, us, ms, at }
    const rows = await this.events.find(this.requester.tenant, session, seq)
    const [row, another] = rows
    if (!row) return { ...place, type: '', hash: null, prevHash: null, isMasked: false, excerpt: null, note: 'Nothing is stored of it.' }
    const { hash, prevHash } = row
    const { event, isMasked = false } = await this.shown(row)
    const told = { ...place, type: recordedTypeOf(event), hash, prevHash, isMasked }
    if (!this.requester.hasContent) return { ...told, excerpt: null, note: 'What was recorded is left out.' }
    const excerpt = at === '' && isSecret(sought) ? null : excerptOf(event, at, offset, sought?.value ?? null)
    return { ...told, excerpt, note: noteOf(event, at, sought, another !== undefined) }
  }

  private async shown(row: SessionEventRow): Promise<StoredEvent> {
    const whole = { event: eventOf(row), content: row.content, hash: row.hash }
    if (this.requester.isRevealed) return whole
    const around = row.type.startsWith('terminal.') ? this.around(row) : [row]
    const masked = maskedEvents(stored(around))
    for await (const event of masked) if (event.hash === row.hash) return event
    return whole
  }

  private async *around({ sessionId, seq }: SessionEventRow): AsyncIterable<SessionEventRow> {
    const range = { from: Math.max(0, seq - AROUND), to: seq + AROUND }
    yield* await this.events.findBySession(this.requester.tenant, sessionId, range)
  }
}

async function* stored(rows: AsyncIterable<SessionEventRow> | readonly SessionEventRow[]): AsyncGenerator<StoredEvent> {
  for await (const row of rows) yield { event: eventOf(row), content: row.content, hash: row.hash }
}

function noteOf(event: SessionEvent, at: string, sought: Sought, isConflict: boolean): string {
  const notes = [
    ...(at === '' && isSecret(sought) ? [`A ${sought?.kind} was presented here. It is never recorded: only its keyed digest is.`] : []),
    ...(isConflict ? ['Two contents stand under this seq: this is one of them.'] : []),
    ...(event.type === 'terminal.input' && !event.body.isEchoed ? ['Typed without echo.'] : []),
  ]
  return notes.join(' ')
}

function isSecret(sought: Sought): boolean {
  return sought?.kind === 'credential' || sought?.kind === 'key'
}
