import type { RawMessage } from '@hoptrace/bus'
import { decodeEvent, type SessionEvent } from '@hoptrace/events'

/** Why a message could not be understood. Stable: people and dashboards key on it. */
export type RejectReason = 'not-json' | 'not-an-event' | 'hash-mismatch' | 'too-large' | 'crc' | 'out-of-range'

export type Triage =
  | { kind: 'store'; event: SessionEvent; content: string }
  /** `field`: which field was wrong; empty when the whole was. */
  | { kind: 'deadLetter'; message: RawMessage; reason: RejectReason; field: string }

/** Greatest seq of the store's column. */
const MAX_SEQ = 0xffffffff
/** Year 2299, the end of a DateTime64: 16 digits of microseconds. */
const MAX_WALL_US = 10_413_791_999_999_998

/** Decides what becomes of a message. Never throws, and never drops one. */
export function triage(message: RawMessage): Triage {
  if (message.damage !== undefined) return { kind: 'deadLetter', message, reason: message.damage, field: '' }
  const decoded = decodeEvent(message.value)
  if (decoded.kind === 'rejected') return { kind: 'deadLetter', message, reason: decoded.reason, field: decoded.at }
  const { event, content } = decoded
  // One value that a column cannot hold would fail the insert of its whole batch, for ever.
  const field = unstorableField(event)
  if (field !== null) return { kind: 'deadLetter', message, reason: 'out-of-range', field }
  return { kind: 'store', event, content }
}

function unstorableField(event: SessionEvent): string | null {
  if (event.seq > MAX_SEQ) return 'seq'
  // Above 2^53 a number is off by one at most, which the limit leaves room for.
  if (Number(event.ts) > MAX_WALL_US) return 'ts'
  return null
}
