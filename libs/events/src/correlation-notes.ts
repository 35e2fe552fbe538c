import { z } from 'zod'
import { Name, Uuid, WallMicros } from './identifiers.ts'
import { ObservableKind, ObservableRole } from './observable.ts'
import { MAX_SEQ } from './session-event.ts'

/** Of which event a note is: by (ts, sessionId, seq) the correlator sorts. */
const place = {
  v: z.literal(1),
  tenant: Name,
  gatewayId: Name,
  sessionId: Uuid,
  seq: z.int().nonnegative().max(MAX_SEQ),
  ts: WallMicros,
}

/** Something happened to an access, or to a run: the type of the event says what. */
export const AccessNote = z.object({ kind: z.literal('access'), ...place, type: z.string().max(64), rootPrincipal: z.string().nullable() })
export type AccessNote = z.infer<typeof AccessNote>

/** A value's digest stood in an event. */
export const SightingNote = z.object({
  kind: z.literal('sighting'),
  ...place,
  role: ObservableRole,
  observable: ObservableKind,
  digest: z.string().regex(/^[0-9a-f]{32}$/),
})
export type SightingNote = z.infer<typeof SightingNote>

/** A partition, or an offset in one. */
const Index = z.int().nonnegative()
const MAX_PARTITIONS = 10_000

/**
 * A gateway's heartbeat, as it was read from the events. A gateway publishes a heartbeat once the bus has acknowledged all that it
 * recorded before, and `ends` was asked for after the heartbeat was read: so all of that stands before `ends`.
 */
export const WatermarkNote = z.object({
  kind: z.literal('watermark'),
  ...place,
  /** The partition of the events that the heartbeat stood in. */
  source: Index,
  /** Of every partition of the events, the first offset that was not written yet; 0 where a partition holds nothing. */
  ends: z.array(Index).max(MAX_PARTITIONS),
})
export type WatermarkNote = z.infer<typeof WatermarkNote>

/** How far a partition of the events was noted. */
export const SourceProgress = z.object({
  source: Index,
  /** The notes of everything before this offset stand before this note, in the partition of notes that it stands in. */
  next: Index,
  /** Where the partition ended when that was asked last, before `next` was looked up; 0 where it holds nothing. */
  end: Index,
})
export type SourceProgress = z.infer<typeof SourceProgress>

/** How far the partitions of the events were noted that one process reads. Every partition of the notes is told. */
export const ProgressNote = z.object({
  kind: z.literal('progress'),
  v: z.literal(1),
  sources: z.array(SourceProgress).max(MAX_PARTITIONS),
})
export type ProgressNote = z.infer<typeof ProgressNote>

/** What the topic of accesses holds. */
export const AccessesMessage = z.discriminatedUnion('kind', [AccessNote, WatermarkNote, ProgressNote])
/** What the topic of sightings holds. */
export const SightingsMessage = z.discriminatedUnion('kind', [SightingNote, ProgressNote])

/** Whatever the correlator derives from events and reads again. */
export const CorrelationNote = z.discriminatedUnion('kind', [AccessNote, SightingNote, WatermarkNote, ProgressNote])
export type CorrelationNote = z.infer<typeof CorrelationNote>

/** Under which key a note is published: what may be linked by principal or by value comes together. */
export function keyOfNote(note: AccessNote | SightingNote): string {
  if (note.kind === 'sighting') return note.digest
  return note.rootPrincipal === null ? note.sessionId : `${note.tenant}/${note.rootPrincipal}`
}
