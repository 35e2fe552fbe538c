import type { DenyReason, ObservableKind, ObservableRole, Protocol } from '@hoptrace/events'
import { canonicalAddress } from '@hoptrace/events'
import { comparePlaces, compareText, type Place } from './place.ts'

/** A value's digest, seen at one place. */
export type Sighting = Place & {
  /** Milliseconds since the stream began: what replay seeks to. */
  ms: number
  role: ObservableRole
  kind: ObservableKind
  digest: string
  /** JSON pointer (RFC 6901) into the event's body; empty when the value stands in no recorded field. */
  at: string
  /** UTF-16 units into the text of that field; null when unknown. */
  offset: number | null
  /** The canonical form, for kinds that are no secret. */
  value: string | null
}

/**
 * A node of the graph.
 * - `session`: one authenticated connection
 * - `refused`: an attempt that was denied
 * - `use`: a secret or a target named inside a session that was open before the access that answered it: a command, or one
 *   request of a session over HTTP, which lasts as long as requests follow each other. A session cannot follow what began after
 *   it, so the use is a leaf of its own, and the graph stays without cycles.
 * - `unseen`: what a command in a session named, and no access to it appeared at the gateway
 */
export type Access = {
  /** `accessId` of its place. */
  id: string
  kind: 'session' | 'refused' | 'use' | 'unseen'
  /** The first event. */
  start: Place
  /** Milliseconds since its stream began: 0 for a session. */
  startMs: number
  /** Wall time of the last event so far, in µs. */
  lastUs: number
  /** No end was recorded yet. */
  isOpen: boolean
  run: string | null
  /** Run ids from the root run to the parent of `run`; derived by the gateway, never claimed. */
  lineage: readonly string[]
  principal: string | null
  rootPrincipal: string | null
  /** The caller's address; null when it is not known. */
  origin: string | null
  protocol: Protocol | null
  /** The target's name; of a refused attempt, what was asked for; of a pivot not seen, `host:port` or a pod, as it was named. */
  target: string
  /** `host:port` of the target; null when refused or not seen. */
  address: string | null
  account: string | null
  denyReason: DenyReason | null
  sightings: readonly Sighting[]
}

/** A run as its `run.started` tells it. */
export type Run = {
  id: string
  lineage: readonly string[]
  /** The `run.started` event: for a child, the moment of the mint. */
  started: Place & { ms: number }
  /** Values in the task text: its caller knew them from the start. */
  given: readonly Pick<Sighting, 'kind' | 'digest'>[]
}

/** A session is named by its id; what has no session of its own, by its place in a stream. */
export function accessId(kind: Access['kind'], place: Pick<Place, 'stream' | 'seq'>): string {
  return kind === 'session' ? place.stream : `${place.stream}.${place.seq}`
}

export function compareAccesses(a: Access, b: Access): number {
  return comparePlaces(a.start, b.start)
}

/**
 * Does this say where the access goes? A refused attempt reached nothing: what it asked for is its target. So is what a command named,
 * where it was not seen to go.
 */
export function isTargetUse({ kind: access }: Pick<Access, 'kind'>, { role, kind }: Pick<Sighting, 'role' | 'kind'>): boolean {
  if (kind === 'credential' || kind === 'key' || kind === 'trace') return false
  return role === 'target' || (access === 'refused' && role === 'asked') || (access === 'unseen' && role === 'named')
}

/** Events in the one order; of one event, by where in it the value stands, so that the order of the input does not matter. */
export function compareSightings(a: Sighting, b: Sighting): number {
  return comparePlaces(a, b) || compareText(a.kind, b.kind) || compareText(a.digest, b.digest) || compareText(a.at, b.at)
}

/**
 * Who acts: a tree of runs, from its root; without a run the principal; for a stranger the address it calls from.
 * What one member of a tree knows, the others may have been told.
 */
export function callerOf(access: Pick<Access, 'run' | 'lineage' | 'principal' | 'origin' | 'id'>): string {
  const rootRun = access.lineage[0] ?? access.run
  if (rootRun !== null) return `run:${rootRun}`
  if (access.principal !== null) return `principal:${access.principal}`
  return access.origin === null ? `access:${access.id}` : `origin:${access.origin}`
}

/** Addresses of an access's target: as configured, and as the gateway observed them. */
export function targetAddresses({ address, sightings }: Access): string[] {
  const observed = sightings.flatMap(({ role, kind, value }) => (role === 'target' && kind === 'address' && value ? [value] : []))
  const configured = address === null ? null : canonicalAddress(address.replace(/:\d{1,5}$/, ''))
  return [...new Set(configured === null ? observed : [configured, ...observed])]
}
