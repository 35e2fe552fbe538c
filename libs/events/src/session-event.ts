import { z } from 'zod'
import { bodies, type EventType } from './bodies.ts'
import { Name, Sha256Hex, Uuid } from './identifiers.ts'
import { Observable, Origin, TargetRef } from './observable.ts'

/** Greatest seq of a session: 32 bits. */
export const MAX_SEQ = 0xffff_ffff

const envelope = {
  v: z.literal(1),
  tenant: Name,
  /** UUIDv7 of the session, or the boot id for what belongs to no session. */
  sessionId: Uuid,
  /** Gapless from 0 in its session; at most 2^32 - 1. */
  seq: z.uint32(),
  /** Microseconds since the Unix epoch, in decimal: up to the year 2286. */
  ts: z.string().regex(/^[0-9]{1,16}$/),
  /** Monotonic microseconds since the session began. Replay uses this, never `ts`. */
  elapsedUs: z.int().nonnegative(),
  gatewayId: Name,
  bootId: Uuid,
  run: Uuid.nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  /** Run ids from the root run to this run's parent. */
  lineage: z.array(Uuid),
  origin: Origin.nullable(),
  target: TargetRef.nullable(),
  /** Absent where whoever recorded the event digested nothing: its values are then digested when it is taken in. */
  observables: z.array(Observable).max(256).default([]),
  /** More values stood in the event than were digested. */
  observablesTruncated: z.object({ kept: z.int(), total: z.int() }).optional(),
  prevHash: Sha256Hex,
  hash: Sha256Hex,
}

function eventOf<T extends EventType>(type: T) {
  return z.object({ ...envelope, type: z.literal(type), body: bodies[type] })
}

type EventSchema = { [T in EventType]: ReturnType<typeof eventOf<T>> }[EventType]
const schemas = (Object.keys(bodies) as EventType[]).map(eventOf) as unknown as [EventSchema, ...EventSchema[]]

/** An event of a type that this version knows. */
export const KnownEvent = z.discriminatedUnion('type', schemas)
export type KnownEvent = z.infer<typeof KnownEvent>

const FOREIGN_TYPE = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/

/**
 * An event of a type that this version does not know, recorded by a later one or by another's gateway, as it is handed
 * to readers. Its envelope is as everyone's; `readEvent` makes it.
 */
export const UnknownEvent = z.object({
  ...envelope,
  type: z.literal('unknown'),
  /** The type under which it was recorded. */
  recordedType: z.string().max(64).regex(FOREIGN_TYPE),
  body: z.record(z.string(), z.unknown()),
})
export type UnknownEvent = z.infer<typeof UnknownEvent>

/** One thing that happened, numbered by a gapless seq in its session, chained by hash. */
export const SessionEvent = z.discriminatedUnion('type', [...schemas, UnknownEvent])
export type SessionEvent = KnownEvent | UnknownEvent
export type EventOf<T extends EventType> = Extract<KnownEvent, { type: T }>

/** The type under which an event was recorded, whether this version knows it or not. */
export function recordedTypeOf(event: SessionEvent): string {
  return event.type === 'unknown' ? event.recordedType : event.type
}

/** What stays the same for every event of one session. */
export type SessionEnvelope = Pick<
  SessionEvent,
  'tenant' | 'sessionId' | 'gatewayId' | 'bootId' | 'run' | 'principal' | 'rootPrincipal' | 'lineage' | 'origin' | 'target'
>
