import {
  type Bytes,
  decodeBytes,
  type EventBody,
  EventTooLargeError,
  type EventType,
  encodeBytes,
  type FoundObservables,
} from '@hoptrace/events'
import type { SessionRecording } from '../recording/session-recording.ts'
import { withoutCutCharacter } from './recorded-body.ts'

/** Where a recorder writes: the part of a session's recording that is no I/O. */
export type EventLog = Pick<SessionRecording, 'append' | 'digestKey'>

/** Text of control characters takes six times its bytes in an event: cut to this it fits for certain. */
const CERTAIN_BYTES = 16 * 1024

/** Appends events, and gives up observables, then bytes of the sample, where an event with all of them would be too large. */
export class FittingLog implements EventLog {
  constructor(private readonly log: EventLog) {}

  get digestKey() {
    return this.log.digestKey
  }

  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    try {
      return this.log.append(type, body, found)
    } catch (error) {
      if (!(error instanceof EventTooLargeError)) throw error
      const smaller = cutBody(body)
      const fewer = cutObservables(found)
      if (smaller === null && fewer === null) throw error
      return this.append(type, smaller ?? body, fewer ?? found)
    }
  }
}

function cutObservables(found: FoundObservables | undefined): FoundObservables | null {
  if (!found || found.observables.length <= 16) return null
  const observables = found.observables.slice(0, found.observables.length >> 1)
  return { observables, truncated: { kept: observables.length, total: found.truncated?.total ?? found.observables.length } }
}

type Sampled = { data?: Bytes; truncated?: { kept: number; total: number } }

function cutBody<T extends object>(body: T): T | null {
  const held = ('body' in body ? body : { body }) as { body?: Sampled | null }
  const { data, truncated } = held.body ?? {}
  if (data === undefined) return null
  const bytes = decodeBytes(data)
  if (bytes.length <= CERTAIN_BYTES) return null
  const kept = withoutCutCharacter(bytes.subarray(0, CERTAIN_BYTES))
  const cut = { ...held.body, data: encodeBytes(kept), truncated: { kept: kept.length, total: truncated?.total ?? bytes.length } }
  return 'body' in body ? { ...body, body: cut } : { ...body, ...cut }
}
