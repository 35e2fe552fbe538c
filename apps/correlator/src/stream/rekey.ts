import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RawMessage } from '@hoptrace/bus'
import { type AccessNote, decodeEvent, keyOfNote, type SightingNote, topics, type WatermarkNote } from '@hoptrace/events'
import { derive, type Heartbeat, type ReadEvent } from './derive.ts'

export type NoteMessage = { key: string | null; value: string; partition?: number }

/** Publishes notes. Resolves once every one is acknowledged. */
export interface NoteTopics {
  send(topic: string, notes: readonly NoteMessage[]): Promise<void>
}

export type RekeyState = {
  events: number
  /** Messages that are no event: the ingest keeps them as dead letters. */
  unreadable: number
  notes: number
}

/** Messages are read this long before the event loop has a turn. */
const SLICE_MS = 4

/** Where the partitions of the events end. What was acknowledged before the call stands before that. */
export type AskEnds = () => Promise<readonly number[]>

export type RekeyOptions = {
  notes: NoteTopics
  /** Of each of the topics of notes. */
  partitions: number
  ends: AskEnds
}

/** From the events, keyed by session, to notes keyed by what may link them. */
export class Rekey {
  readonly state: RekeyState = { events: 0, unreadable: 0, notes: 0 }

  constructor(private readonly options: RekeyOptions) {}

  /** Resolves when the notes of a batch of one partition are acknowledged. Taking it again makes the same notes again. */
  async onBatch(batch: readonly RawMessage[], signal?: AbortSignal): Promise<void> {
    const events = await this.read(batch, signal)
    const source = Number(batch[0]?.at.partition ?? 0)
    const { accesses, sightings, heartbeats } = derive(events, source)
    await this.options.notes.send(topics.sightings, sightings.map(messageOf))
    await this.options.notes.send(topics.accesses, accesses.map(messageOf))
    await this.vouch(heartbeats)
    this.state.notes += accesses.length + sightings.length
  }

  private async read(batch: readonly RawMessage[], signal: AbortSignal | undefined): Promise<ReadEvent[]> {
    const events: ReadEvent[] = []
    let sliceBegan = performance.now()
    for (const { value } of batch) {
      const decoded = decodeEvent(value)
      if (decoded.kind === 'event') events.push({ event: decoded.event, isDigested: decoded.isDigested })
      if (performance.now() - sliceBegan < SLICE_MS) continue
      await nextTurn()
      signal?.throwIfAborted()
      sliceBegan = performance.now()
    }
    this.state.events += events.length
    this.state.unreadable += batch.length - events.length
    return events
  }

  // Whoever links reads every partition of the notes: a heartbeat needs to stand in one of them, and always in the same.
  private async vouch(heartbeats: readonly Heartbeat[]): Promise<void> {
    if (heartbeats.length === 0) return
    const { notes, partitions } = this.options
    const ends = [...(await this.options.ends())]
    const vouched = heartbeats.map((heartbeat): NoteMessage => {
      const note: WatermarkNote = { ...heartbeat, ends }
      return { key: null, value: JSON.stringify(note), partition: heartbeat.source % partitions }
    })
    await notes.send(topics.accesses, vouched)
  }
}

function messageOf(note: AccessNote | SightingNote): NoteMessage {
  return { key: keyOfNote(note), value: JSON.stringify(note) }
}
