import {
  type BindValue,
  type DigestKey,
  type EventBody,
  EventTooLargeError,
  type EventType,
  type FoundObservables,
  Observer,
} from '@hoptrace/events'
import type { SessionRecording } from '../recording/session-recording.ts'

/** Where a recorder writes: the part of a session's recording that is no I/O. */
export type EventLog = Pick<SessionRecording, 'append' | 'digestKey'>

/** Appends events, and gives up observables where an event with all of them would be too large. */
export class SessionLog {
  readonly digestKey: DigestKey

  constructor(private readonly log: EventLog) {
    this.digestKey = log.digestKey
  }

  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    try {
      return this.log.append(type, body, found)
    } catch (error) {
      if (!(error instanceof EventTooLargeError) || found === undefined || found.observables.length === 0) throw error
      const observables = found.observables.slice(0, found.observables.length >> 1)
      const total = found.truncated?.total ?? found.observables.length
      return this.append(type, body, { observables, truncated: { kept: observables.length, total } })
    }
  }

  observer(): Observer {
    return new Observer(this.digestKey)
  }
}

export const NO_PARAMS: BindValue[] = []
