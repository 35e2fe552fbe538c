import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RawMessage } from '@hoptrace/bus'
import { type DigestKey, EventDecoder, observeEvent, recordedTypeOf, type SessionEnvelope } from '@hoptrace/events'
import { type BatchCoordinates, DeadLetters, Observables, SessionEvents, type Store } from '@hoptrace/store'
import type { DeadLetterTopic } from './dead-letter-message.ts'
import { deadLetterRow } from './dead-letter-row.ts'
import { outcomeOf } from './event-outcome.ts'
import { type EnvelopeColumns, envelopeColumns, eventRow, observableRows } from './event-rows.ts'
import { type IngestObserver, type Storing, unobserved } from './ingest-observer.ts'
import { insertOrRefuse } from './insert-or-refuse.ts'
import { RowLines, type RowPieces, type Span } from './row-lines.ts'
import { setAsideRow } from './set-aside.ts'
import { type Place, type Stored, storedOf } from './stored.ts'
import { type DeadLetter, type Triage, triage } from './triage.ts'

export type IngestOptions = {
  /** Tenant under which dead letters are kept. */
  tenant: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Under which what its producer did not digest is digested; null while there is none. */
  digestKey?: () => DigestKey | null
  /** Where dead letters go too, before they go into the table. */
  deadLetterTopic?: DeadLetterTopic
  observer?: IngestObserver
}

/** What a batch's handler may tell and hear while it works. */
export type BatchProgress = {
  /** Called between steps, so that whoever handed over the batch knows that it is still worked on. */
  heartbeat?: () => Promise<void>
  /** Aborted when nobody waits for the batch any more: it is then left where it is, and delivered again. */
  signal?: AbortSignal
}

/** Since the process began. */
export type IngestCounts = { batches: number; events: number; deadLetters: number; refusedByStore: number }

/** Messages are read this long before the event loop has a turn. */
const SLICE_MS = 4

/** Stores batches of messages: events with their observables, and what is no event as dead letters. */
export class Ingest {
  readonly counts: IngestCounts = { batches: 0, events: 0, deadLetters: 0, refusedByStore: 0 }
  private readonly sessionEvents: SessionEvents
  private readonly observables: Observables
  private readonly deadLetters: DeadLetters
  private turn: Promise<void> = Promise.resolve()
  private readonly listeners = new Set<(stored: Stored) => void>()
  private readonly observer: IngestObserver
  private readonly decoder = new EventDecoder()
  // Kept for as long as the decoder keeps the envelope.
  private readonly columns = new WeakMap<SessionEnvelope, EnvelopeColumns>()

  constructor(
    store: Store,
    private readonly options: IngestOptions,
  ) {
    this.observer = options.observer ?? unobserved
    this.sessionEvents = new SessionEvents(store)
    this.observables = new Observables(store)
    this.deadLetters = new DeadLetters(store)
  }

  /** Calls back after each batch, in order, once it is stored. A batch delivered twice is told twice. */
  onStored(listener: (stored: Stored) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Resolves when every message of the batch is stored, as an event or as a dead letter. Storing it again changes nothing.
   * @throws EventInsertError while the store takes nothing, and whatever the topic of dead letters throws
   */
  onBatch(batch: readonly RawMessage[], progress: BatchProgress = {}): Promise<void> {
    return this.observer.handling(batch, (storing) => {
      const stored = this.store(this.sort(batch, progress), coordinatesOf(batch), { before: this.turn, progress, storing })
      this.turn = stored.catch(() => undefined)
      return stored
    })
  }

  /** Stores what publishers put into the topic of dead letters. @throws EventInsertError */
  async onSetAside(batch: readonly RawMessage[]): Promise<void> {
    const { tenant, now } = this.options
    const rows = batch.flatMap((message) => setAsideRow(message, tenant, now()) ?? [])
    await this.deadLetters.insert(rows, { at: coordinatesOf(batch) })
    this.counts.deadLetters += rows.length
  }

  // A batch is sorted while the one before it is being stored, and stored when that is done.
  private async store(sorting: Promise<Sorted>, at: BatchCoordinates, { before, progress, storing }: Surroundings): Promise<void> {
    const [sorted] = await Promise.all([sorting, before])
    const refused = await insertOrRefuse(sorted.entries, async (entries) => {
      progress.signal?.throwIfAborted()
      await storing(entries.length, () => this.insert(entries, sorted, at))
      await progress.heartbeat?.()
    })
    const letters = [...sorted.letters, ...refused.map(asRefused)]
    await this.keep(letters, at)
    // Returning commits the offsets, so every write must be acknowledged by now.
    const gone = new Set(refused)
    const stored = sorted.entries.filter((entry) => !gone.has(entry))
    this.tell(stored, letters.length, refused.length)
  }

  // Observables before events: whoever sees an event finds its observables. Entries stand in the order of their rows.
  private async insert(entries: readonly Entry[], { rows, observables }: Sorted, at: BatchCoordinates): Promise<void> {
    const [first, last] = [entries[0], entries.at(-1)]
    const found = observables.between(first?.observables, last?.observables)
    if (found.length > 0) await this.observables.insert([found], { at })
    await this.sessionEvents.insert([rows.between(first?.row, last?.row)], { at })
  }

  private async keep(letters: readonly DeadLetter[], at: BatchCoordinates): Promise<void> {
    if (letters.length === 0) return
    const { tenant, now, deadLetterTopic } = this.options
    const nowMs = now()
    await deadLetterTopic?.send(letters, nowMs)
    await this.deadLetters.insert(
      letters.map((letter) => deadLetterRow(letter, tenant, nowMs)),
      { at },
    )
    for (const { reason } of letters) this.observer.setAside(reason)
  }

  private tell(entries: readonly Entry[], letters: number, refused: number): void {
    const { counts } = this
    counts.batches += 1
    counts.events += entries.length
    counts.deadLetters += letters
    counts.refusedByStore += refused
    const places = entries.map((entry) => entry.place)
    this.observer.stored(places)
    if (this.listeners.size === 0) return
    const stored = storedOf(places, letters)
    for (const listener of this.listeners) listener(stored)
  }

  private async sort(batch: readonly RawMessage[], { signal }: BatchProgress): Promise<Sorted> {
    const bytes = batch.reduce((sum, { value }) => sum + value.length, 0)
    // Columns beside the content take about as much again.
    const sorted: Sorted = { entries: [], letters: [], rows: new RowLines(2 * bytes), observables: new RowLines(bytes / 2) }
    let sliceBegan = performance.now()
    for (const message of batch) {
      this.place(triage(message, this.decoder), sorted)
      if (performance.now() - sliceBegan < SLICE_MS) continue
      await nextTurn()
      signal?.throwIfAborted()
      sliceBegan = performance.now()
    }
    return sorted
  }

  // Rows are rendered here, a slice at a time, so that the insert has only to join them.
  private place(triaged: Triage, into: Sorted): void {
    if (triaged.kind === 'deadLetter') {
      into.letters.push(triaged)
      return
    }
    const { message, event, content } = triaged
    const { tenant, sessionId, seq } = event
    const place = { tenant, sessionId, seq, ts: unshared(event.ts), type: recordedTypeOf(event), outcome: outcomeOf(event).outcome }
    const columns = this.columnsOf(triaged.envelope)
    const row = into.rows.add(eventRow(event, content, columns))
    into.entries.push({ message, place, row, observables: into.observables.addAll(this.observablesOf(triaged, columns)) })
  }

  private columnsOf(envelope: SessionEnvelope): EnvelopeColumns {
    const known = this.columns.get(envelope)
    if (known !== undefined) return known
    const rendered = envelopeColumns(envelope)
    this.columns.set(envelope, rendered)
    return rendered
  }

  // The content stays as it was hashed: what is digested here stands beside it.
  private observablesOf({ event, isDigested }: Extract<Triage, { kind: 'store' }>, columns: EnvelopeColumns): RowPieces[] {
    const key = isDigested ? null : (this.options.digestKey?.() ?? null)
    if (key === null) return observableRows(event, event.observables, 'capture', columns)
    return observableRows(event, observeEvent(key, event).observables, 'ingest', columns)
  }
}

/** An event on its way into the store, and where its rows are. The event itself is let go: what lives through a batch costs most to collect. */
type Entry = { message: RawMessage; place: Place; row: Span; observables: Span }
type Sorted = { entries: Entry[]; letters: DeadLetter[]; rows: RowLines; observables: RowLines }
/** What the storing of a batch waits for, tells, and runs in. */
type Surroundings = { before: Promise<void>; progress: BatchProgress; storing: Storing }

// What V8 cuts out of a text keeps the whole text alive, unless it is shorter than this: all texts of a batch would live through it.
function unshared(digits: string): string {
  return digits.slice(0, 8) + digits.slice(8)
}

function asRefused({ message }: Entry): DeadLetter {
  return { kind: 'deadLetter', message, reason: 'store-refused', field: '' }
}

function coordinatesOf(batch: readonly RawMessage[]): BatchCoordinates {
  const [first, last] = [batch[0]?.at, batch.at(-1)?.at]
  return { source: first?.source ?? '', partition: first?.partition ?? '', first: first?.offset ?? 0, last: last?.offset ?? 0 }
}
