import { readEvent, type SessionEvent } from '@hoptrace/events'
import { maskBytes } from './mask-bytes.ts'
import { type Masked, maskEvent } from './mask-event.ts'

/**
 * A dead letter with what may be a secret in it hidden. One that has the form of an event is looked at as an event too: which
 * of its bytes are encoded, typed without echo or of a secret column, only its form tells.
 */
export function maskLetter(bytes: Buffer): Masked<Buffer> {
  const event = eventIn(bytes)
  const { shown, masked } = event ? maskEvent(event) : { shown: null, masked: 0 }
  const within = maskBytes(masked === 0 ? bytes : Buffer.from(JSON.stringify(shown)))
  return { shown: within.shown, masked: within.masked + masked }
}

function eventIn(bytes: Buffer): SessionEvent | null {
  try {
    const read = readEvent(JSON.parse(bytes.toString('utf8')))
    return read.kind === 'read' ? read.event : null
  } catch {
    return null
  }
}
