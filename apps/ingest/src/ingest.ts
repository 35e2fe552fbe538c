import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RawMessage } from '@hoptrace/bus'
import type { SessionEvent } from '@hoptrace/events'
import { type BatchCoordinates, DeadLetters, Observables, SessionEvents, type Store } from '@hoptrace/store'
import { deadLetterRow } from './dead-letter-row.ts'
import { eventRow, observableRows } from './event-rows.ts'
import { type Stored, storedOf } from './stored.ts'
import { type Triage, triage } from './triage.ts'

export type IngestOptions = {
  /** Tenant under which dead letters are kept. */
  tenant: string
  /** Milliseconds since the epoch. */
  now: () => number
}

/** Messages are read this long before the event loop has a turn. */
const SLICE_MS = 4

/** Stores batches of messages: events with their observables, and what is no event as dead letters. */
export class Ingest {
  private readonly sessionEvents: SessionEvents
  private readonly observables: Observables
  private readonly deadLetters: DeadLetters
  private turn: Promise<void> = Promise.resolve()
  private readonly listeners = new Set<(stored: Stored) => void>()

  constructor(
    store: Store,
    private readonly options: IngestOptions,
  ) {
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
   * @throws EventInsertError
   */
  onBatch(batch: readonly RawMessage[]): Promise<void> {
    const stored = this.store(this.sort(batch), coordinatesOf(batch), this.turn)
    this.turn = stored.catch(() => undefined)
    return stored
  }

  // A batch is sorted while the one before it is being stored, and stored when that is done.
  private async store(sorting: Promise<Sorted>, at: BatchCoordinates, before: Promise<void>): Promise<void> {
    const sorted = await sorting
    await before
    // Observables before events: whoever sees an event finds its observables.
    await this.observables.insert(sorted.observables, { at })
    await this.sessionEvents.insert(sorted.rows, { at })
    await this.deadLetters.insert(sorted.letters, { at })
    // Returning commits the offsets, so every write must be acknowledged by now.
    const stored = storedOf(sorted.events, sorted.letters.length)
    for (const listener of this.listeners) listener(stored)
  }

  private async sort(batch: readonly RawMessage[]): Promise<Sorted> {
    const sorted: Sorted = { events: [], rows: [], observables: [], letters: [] }
    let sliceBegan = performance.now()
    for (const message of batch) {
      this.place(triage(message), sorted)
      if (performance.now() - sliceBegan < SLICE_MS) continue
      await nextTurn()
      sliceBegan = performance.now()
    }
    return sorted
  }

  // Rows are rendered here, a slice at a time, so that the insert has only to join them.
  private place(triaged: Triage, into: Sorted): void {
    if (triaged.kind === 'deadLetter') {
      into.letters.push(deadLetterRow(triaged, this.options.tenant, this.options.now()))
      return
    }
    into.events.push(triaged.event)
    into.rows.push(JSON.stringify(eventRow(triaged.event, triaged.content)))
    for (const row of observableRows(triaged.event)) into.observables.push(JSON.stringify(row))
  }
}

type Sorted = {
  events: SessionEvent[]
  rows: string[]
  observables: string[]
  letters: ReturnType<typeof deadLetterRow>[]
}

function coordinatesOf(batch: readonly RawMessage[]): BatchCoordinates {
  const [first, last] = [batch[0]?.at, batch.at(-1)?.at]
  return { source: first?.source ?? '', partition: first?.partition ?? '', first: first?.offset ?? 0, last: last?.offset ?? 0 }
}
