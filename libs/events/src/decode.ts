import { bodies } from './bodies.ts'
import { contentOf, hashOf, MAX_EVENT_BYTES } from './chain.ts'
import { encodedContent } from './encoded-content.ts'
import { KnownEvent, type SessionEvent, UnknownEvent } from './session-event.ts'

/**
 * Why bytes are no event. Stable: people and dashboards key on it.
 * - `unknown-version`: its `v` is not one that is known here
 * - `out-of-range`: an event, but for a number that cannot be stored
 * - `not-canonical`: it has no canonical form that a hash could be of (RFC 8785), or more levels than are read
 */
export type DecodeFault = 'not-json' | 'not-an-event' | 'unknown-version' | 'out-of-range' | 'not-canonical' | 'hash-mismatch' | 'too-large'

/** `at`: which field was wrong; empty when the whole was. */
export type Rejected = { kind: 'rejected'; reason: DecodeFault; at: string }
export type Decoded =
  | {
      kind: 'event'
      event: SessionEvent
      /** The canonical JSON that the hash proves: what is stored and shown as the proof. */
      content: string
      /** Did whoever recorded it look for observables? */
      isDigested: boolean
    }
  | Rejected

/**
 * Reads an encoded event, of a known type or not, and checks its hash. Never throws: what cannot be read is a value.
 * Members that this version does not know count for the hash and stay in the content.
 */
export function decodeEvent(bytes: Buffer): Decoded {
  if (bytes.length > MAX_EVENT_BYTES) return { kind: 'rejected', reason: 'too-large', at: '' }
  return decodeText(bytes.toString('utf8'))
}

/** The same, of the text of bytes that are not too many. */
export function decodeText(text: string): Decoded {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'rejected', reason: 'not-json', at: '' }
  }
  const read = readEvent(json)
  if (read.kind === 'rejected') return read
  const content = encodedContent(text, json as object, read.event.hash) ?? contentOf(json as object)
  if (content === null) return { kind: 'rejected', reason: 'not-canonical', at: '' }
  if (hashOf(content) !== read.event.hash) return { kind: 'rejected', reason: 'hash-mismatch', at: 'hash' }
  return { kind: 'event', event: read.event, content, isDigested: Object.hasOwn(json as object, 'observables') }
}

export type Read = { kind: 'read'; event: SessionEvent } | Rejected

/** Reads the shape of an event from JSON. The hash is not looked at: it is of the text. */
export function readEvent(json: unknown): Read {
  const known = KnownEvent.safeParse(json)
  if (known.success) return { kind: 'read', event: known.data }
  if (typeof json !== 'object' || json === null) return { kind: 'rejected', reason: 'not-an-event', at: '' }
  if ('v' in json && typeof json.v === 'number' && json.v !== 1) return { kind: 'rejected', reason: 'unknown-version', at: 'v' }
  if ('type' in json && typeof json.type === 'string' && !Object.hasOwn(bodies, json.type)) return readUnknown(json, json.type)
  return rejection(known.error.issues[0], json)
}

function readUnknown(json: object, recordedType: string): Read {
  const read = UnknownEvent.safeParse({ ...json, type: 'unknown', recordedType })
  if (read.success) return { kind: 'read', event: read.data }
  const [issue] = read.error.issues
  return issue?.path[0] === 'recordedType' ? { kind: 'rejected', reason: 'not-an-event', at: 'type' } : rejection(issue, json)
}

type Issue = { path: PropertyKey[] }

function rejection(issue: Issue | undefined, json: object): Rejected {
  const at = issue?.path.join('.') ?? ''
  return { kind: 'rejected', reason: isOutOfRange(at, json) ? 'out-of-range' : 'not-an-event', at }
}

// What is a count, and yet not one that can be stored.
function isOutOfRange(at: string, json: { seq?: unknown; ts?: unknown; elapsedUs?: unknown }): boolean {
  if (at === 'ts') return typeof json.ts === 'string' && /^[0-9]+$/.test(json.ts)
  if (at !== 'seq' && at !== 'elapsedUs') return false
  const value = json[at]
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
