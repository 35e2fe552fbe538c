import { MAX_EVENT_BYTES } from './chain.ts'
import { type Decoded, decodeEvent, decodeText } from './decode.ts'
import { type DecodedInPlace, decodeInSession, type KnownEnvelope, knownEnvelope } from './decode-in-session.ts'

/** Sessions whose envelopes are remembered; of more, the one that was met first is forgotten. */
const MAX_SESSIONS = 4_096
/** A longer envelope is not remembered, so that all of them are bounded. */
const MAX_ENVELOPE_UNITS = 4_096

const BEFORE_SESSION_ID = '"sessionId":"'
const UUID_LENGTH = 36

/**
 * Decodes events as `decodeEvent` does, each the same whatever came before; those of a session after its first at a third of
 * the cost. Events of one session share the values of their envelope: whoever changes one changes all.
 */
export class EventDecoder {
  private readonly known = new Map<string, KnownEnvelope>()

  /** The content stands until any decoder decodes its next event. */
  decode(bytes: Buffer): DecodedInPlace {
    if (bytes.length > MAX_EVENT_BYTES) return inPlace(decodeEvent(bytes))
    const text = bytes.toString('utf8')
    // The member stands behind the body; where it is not this one that was found, the envelope does not match.
    const at = text.lastIndexOf(BEFORE_SESSION_ID) + BEFORE_SESSION_ID.length
    const known = this.known.get(text.slice(at, at + UUID_LENGTH))
    if (known !== undefined) return decodeInSession(bytes, text, known) ?? inPlace(decodeText(text))
    const decoded = decodeText(text)
    if (decoded.kind === 'event') this.remember(knownEnvelope(decoded.event))
    return inPlace(decoded)
  }

  private remember(met: KnownEnvelope): void {
    const { sessionId } = met.envelope
    const units = Object.values(met.text).reduce((sum, { length }) => sum + length, 0)
    if (units > MAX_ENVELOPE_UNITS || this.known.has(sessionId)) return
    this.known.set(sessionId, met)
    const [oldest] = this.known.keys()
    if (this.known.size > MAX_SESSIONS && oldest !== undefined) this.known.delete(oldest)
  }
}

function inPlace(decoded: Decoded): DecodedInPlace {
  if (decoded.kind === 'rejected') return decoded
  return { ...decoded, content: Buffer.from(decoded.content), envelope: decoded.event }
}
