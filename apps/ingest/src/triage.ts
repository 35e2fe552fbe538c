import type { RawMessage } from '@hoptrace/bus'
import type { DecodeFault, EventDecoder, SessionEnvelope, SessionEvent } from '@hoptrace/events'

/** Why a message became a dead letter: it is no event, its bytes were damaged on the bus, or the store refused its row. */
export type RejectReason = DecodeFault | 'crc' | 'store-refused'

export type DeadLetter = { kind: 'deadLetter'; message: RawMessage; reason: RejectReason; field: string }

export type Triage =
  /** Events of a type that is not known here are stored too: what a later version recorded is evidence all the same. */
  | {
      kind: 'store'
      message: RawMessage
      event: SessionEvent
      /** Stands until the next message is decoded. */
      content: Buffer
      isDigested: boolean
      /** One value for all events of a session, or the event itself. */
      envelope: SessionEnvelope
    }
  /** `field`: which field was wrong; empty when the whole was. */
  | DeadLetter

/** Decides what becomes of a message. Never throws, and never drops one. */
export function triage(message: RawMessage, decoder: EventDecoder): Triage {
  if (message.damage !== undefined) return { kind: 'deadLetter', message, reason: message.damage, field: '' }
  const decoded = decoder.decode(message.value)
  if (decoded.kind === 'rejected') return { kind: 'deadLetter', message, reason: decoded.reason, field: decoded.at }
  const { event, content, isDigested, envelope } = decoded
  return { kind: 'store', message, event, content, isDigested, envelope }
}
