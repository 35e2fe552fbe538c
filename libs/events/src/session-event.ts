import { z } from 'zod'
import { bodies, type EventType } from './bodies.ts'
import { Name, Sha256Hex, Uuid, WallMicros } from './identifiers.ts'
import { Observable, Origin, TargetRef } from './observable.ts'

const envelope = {
  v: z.literal(1),
  tenant: Name,
  /** UUIDv7 of the session, or the boot id for what belongs to no session. */
  sessionId: Uuid,
  /** Gapless from 0 in its session. */
  seq: z.int().nonnegative(),
  ts: WallMicros,
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
  observables: z.array(Observable).max(256),
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

/** One thing that happened, numbered by a gapless seq in its session, chained by hash. */
export const SessionEvent = z.discriminatedUnion('type', schemas)
export type SessionEvent = z.infer<typeof SessionEvent>
export type EventOf<T extends EventType> = Extract<SessionEvent, { type: T }>

/** What stays the same for every event of one session. */
export type SessionEnvelope = Pick<
  SessionEvent,
  'tenant' | 'sessionId' | 'gatewayId' | 'bootId' | 'run' | 'principal' | 'rootPrincipal' | 'lineage' | 'origin' | 'target'
>
