import { type AccessNote, recordedTypeOf, type SessionEvent, type SightingNote, type WatermarkNote } from '@hoptrace/events'

/** A heartbeat that was read, before it is known where the partitions of the events end. */
export type Heartbeat = Omit<WatermarkNote, 'ends'>
export type Derived = { accesses: AccessNote[]; sightings: SightingNote[]; heartbeats: Heartbeat[] }

/** @see EvidenceLoader: what began, ended, was decided or minted, and what was missed, changes what may be linked. */
const NOTED: ReadonlySet<string> = new Set([
  'access.decided',
  'recording.gap',
  'run.expired',
  'run.revoked',
  'run.started',
  'session.ended',
  'session.started',
])
/** Events about the recording, of which no hop is made. */
const UNNOTED: ReadonlySet<string> = new Set(['gateway.heartbeat', 'recording.viewed'])

export type ReadEvent = {
  event: SessionEvent
  /** Did its producer look for observables? Otherwise the ingest does, and what it finds is not known here. */
  isDigested: boolean
}

/**
 * What the correlator needs of some events of one partition. Of a session in which nothing is to be noted, its last event is:
 * how long a session lasted shows on its hops.
 * @param source the partition of the topic of events that they stood in
 */
export function derive(events: readonly ReadEvent[], source: number): Derived {
  const accesses: AccessNote[] = []
  const sightings: SightingNote[] = []
  const last = new Map<string, { event: SessionEvent; isNoted: boolean }>()
  const heartbeats = new Map<string, Heartbeat>()
  for (const { event, isDigested } of events) {
    const type = recordedTypeOf(event)
    if (type === 'gateway.heartbeat') raise(heartbeats, event, source)
    if (UNNOTED.has(type)) continue
    const isNoted = NOTED.has(type) || event.seq === 0 || !isDigested
    if (isNoted) accesses.push(accessNote(event, type))
    const seen = sightingNotes(event)
    sightings.push(...seen)
    last.set(`${event.tenant} ${event.sessionId}`, { event, isNoted: isNoted || seen.length > 0 })
  }
  for (const { event, isNoted } of last.values()) if (!isNoted) accesses.push(accessNote(event, recordedTypeOf(event)))
  return { accesses, sightings, heartbeats: [...heartbeats.values()] }
}

function accessNote(event: SessionEvent, type: string): AccessNote {
  const by = event.type === 'access.decided' ? event.body.by : null
  return { kind: 'access', ...placeOf(event), type, rootPrincipal: event.rootPrincipal ?? by?.rootPrincipal ?? null }
}

function sightingNotes(event: SessionEvent): SightingNote[] {
  const notes = new Map<string, SightingNote>()
  for (const { role, kind: observable, digest } of event.observables) {
    notes.set(`${role} ${digest}`, { kind: 'sighting', ...placeOf(event), role, observable, digest })
  }
  return [...notes.values()]
}

// Of several heartbeats of one gateway the latest says it all.
function raise(heartbeats: Map<string, Heartbeat>, event: SessionEvent, source: number): void {
  const key = `${event.tenant} ${event.gatewayId}`
  const before = heartbeats.get(key)
  if (before && Number(before.ts) >= Number(event.ts)) return
  heartbeats.set(key, { kind: 'watermark', ...placeOf(event), source })
}

function placeOf({ tenant, gatewayId, sessionId, seq, ts }: SessionEvent) {
  return { v: 1 as const, tenant, gatewayId, sessionId, seq, ts }
}
