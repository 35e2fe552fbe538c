import type { RawMessage } from '@hoptrace/bus'
import { CorrelationNote } from '@hoptrace/events'
import type { Span } from '@hoptrace/store'
import { spansOf } from '../spans.ts'
import { EventTime, type EventTimeOptions } from './event-time.ts'
import { OpenOffsets } from './open-offsets.ts'
import { type Noted, type NoteRef, Sorter, type SorterCounts } from './sorter.ts'
import { StoredGate } from './stored-gate.ts'

/** What the linker does to the store, and hears from it. */
export type Links = {
  /** Brings the hops around some span in line with what is stored. @returns how many rows that took */
  link(tenant: string, span: Span, sessions: readonly string[]): Promise<number>
  /** The greatest seq that is stored of each of these streams. */
  lastSeqs(tenant: string, sessions: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Everything of this tenant up to that moment of event time is linked. */
  reached(tenant: string, toUs: number): Promise<void>
  /** Links what only the passing of event time tells: pivots that nobody followed. @returns how many rows that took */
  settle(): Promise<number>
}

export type StreamLinkerOptions = Pick<EventTimeOptions, 'partitions'> &
  Partial<EventTimeOptions> & {
    /** Milliseconds; only differences matter. */
    now: () => number
    /** Events that are held for the watermark, and as many again for the store. */
    maxHeld?: number
    /** An event counts as stored when it has shown for this long, in ms: views and replicas follow. */
    settleMs?: number
  }

export type StreamLinkerState = SorterCounts & {
  linked: number
  written: number
  unreadable: number
  givenUp: number
  /** Gateways that are not waited for, as tenant/gateway: while there are any, the result is partial. */
  silent: readonly string[]
  held: number
}

const AT_ONCE = 10_000
const MAX_OWED = 10_000
const defaults = { maxHeld: 100_000, marginUs: 2_000_000, silenceMs: 30_000, patienceMs: 60_000, lagMs: 900_000, settleMs: 2000 }

/** Links what notes tell of, in the order of event time, once the watermark has passed it and the store holds it. */
export class StreamLinker {
  private readonly options: Required<StreamLinkerOptions>
  private sorter: Sorter
  private gate: StoredGate
  private time: EventTime
  private readonly offsets = new Map<string, OpenOffsets>()
  private readonly counts = { linked: 0, written: 0, unreadable: 0, givenUp: 0 }

  constructor(
    private readonly links: Links,
    options: StreamLinkerOptions,
  ) {
    this.options = { ...defaults, ...options }
    this.sorter = new Sorter(this.options.maxHeld)
    this.gate = this.aGate()
    this.time = new EventTime(this.options)
  }

  get state(): StreamLinkerState {
    return { ...this.counts, ...this.sorter.counts, silent: this.time.silent, held: this.sorter.size + this.gate.size }
  }

  /** More is held than should be: nothing is to be added until a step has made room. */
  get isFull(): boolean {
    return this.sorter.size + this.gate.size > 2 * this.options.maxHeld
  }

  /** Takes notes of one partition, in their order. */
  add(notes: readonly RawMessage[]): void {
    const nowMs = this.options.now()
    for (const { value, at } of notes) {
      const partition = `${at.source}/${at.partition}`
      const offsets = this.offsetsOf(partition)
      offsets.opened(at.offset)
      if (!this.take(readNote(value), { partition, offset: at.offset }, nowMs)) offsets.closed(at.offset)
    }
  }

  /** The first message of a partition that is not linked yet, or needed again; what is before it may be committed. */
  firstOpen(topic: string, partition: number | string): number {
    return this.offsetsOf(`${topic}/${partition}`).firstOpen
  }

  /** Forgets what is held: it comes again. What was counted stays. */
  reset(): void {
    this.sorter = new Sorter(this.options.maxHeld, this.sorter.counts)
    this.gate = this.aGate()
    this.time = new EventTime(this.options)
    this.offsets.clear()
  }

  /** Links what can be linked by now. One step at a time. @throws what the store throws; the next step tries again */
  async step(): Promise<void> {
    const { now } = this.options
    this.gate.add(this.sorter.release(this.time.due(now())))
    this.close(this.time.takeSuperseded())
    const asked = this.gate.next(AT_ONCE)
    if (asked.length === 0) return
    const stored = await this.storedOf(asked)
    const passage = this.gate.pass(asked, (noted) => (stored.get(keyOf(noted)) ?? -1) >= noted.seq, now())
    await this.link(passage.ready)
    this.gate.settle(passage)
    this.counts.linked += passage.ready.length
    this.counts.givenUp += passage.givenUp.length
    for (const { refs } of [...passage.ready, ...passage.givenUp]) this.close(refs)
  }

  private aGate(): StoredGate {
    return new StoredGate(this.options.patienceMs, MAX_OWED, this.options.settleMs)
  }

  // Answers whether the note stays open: until what it tells of is linked, or until a later heartbeat takes its place.
  private take(note: CorrelationNote | null, ref: NoteRef, nowMs: number): boolean {
    if (note === null) this.counts.unreadable += 1
    else if (note.kind === 'progress') this.time.progressed(ref.partition, note.sources, nowMs)
    else if (note.kind === 'watermark') this.time.heard(note, ref, nowMs)
    else {
      const { tenant, gatewayId, sessionId: stream, seq, ts } = note
      this.time.met(tenant, gatewayId, nowMs)
      this.sorter.add({ tenant, stream, seq, tsUs: Number(ts), refs: [ref], receivedMs: nowMs })
    }
    return note !== null && note.kind !== 'progress'
  }

  private close(refs: readonly NoteRef[]): void {
    for (const { partition, offset } of refs) this.offsetsOf(partition).closed(offset)
  }

  private async link(ready: readonly Noted[]): Promise<void> {
    for (const { tenant, sessions, ...span } of spansOf(ready.map(asArrival))) {
      this.counts.written += await this.links.link(tenant, span, sessions)
      await this.links.reached(tenant, this.time.linkedTo(tenant, span.toUs))
    }
  }

  private async storedOf(asked: readonly Noted[]): Promise<Map<string, number>> {
    const stored = new Map<string, number>()
    for (const tenant of new Set(asked.map((noted) => noted.tenant))) {
      const sessions = new Set(asked.filter((noted) => noted.tenant === tenant).map(({ stream }) => stream))
      for (const [stream, seq] of await this.links.lastSeqs(tenant, [...sessions])) stored.set(keyOf({ tenant, stream }), seq)
    }
    return stored
  }

  private offsetsOf(partition: string): OpenOffsets {
    const offsets = this.offsets.get(partition) ?? new OpenOffsets()
    this.offsets.set(partition, offsets)
    return offsets
  }
}

function keyOf({ tenant, stream }: Pick<Noted, 'tenant' | 'stream'>): string {
  return `${tenant} ${stream}`
}

function asArrival({ tenant, stream: sessionId, tsUs }: Noted) {
  const ts = String(tsUs)
  return { tenant, storedAt: '', sessionId, firstTs: ts, lastTs: ts }
}

// The topics are the correlator's own: what cannot be read there was written by a later version, or by nobody who should.
function readNote(value: Buffer): CorrelationNote | null {
  try {
    return CorrelationNote.safeParse(JSON.parse(value.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}
