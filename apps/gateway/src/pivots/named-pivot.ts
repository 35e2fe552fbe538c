import { type EventBody, MAX_PIVOT_COMMAND, MAX_PIVOTS, printable } from '@hoptrace/events'
import type { PresentedSecret } from '@hoptrace/shell'

type Body = EventBody<'pivot.named'>
type Destination = Pick<Body, 'tool' | 'relation' | 'host' | 'port' | 'account' | 'object' | 'on'>

/** A pivot that a line or a statement names, before it is known which event says so. */
export type NamedPivot = {
  body: Omit<Body, 'event' | 'at'>
  /** Secrets that its `command` uses. */
  secrets: PresentedSecret[]
}

/** Where a destination was found: the text, and from where in it to look for the name. */
export type Found = { destination: Destination; text: string; from: number; secrets: readonly PresentedSecret[] }

/** Of one naming event the commands take no more than this, in UTF-16 units: a line of 400 may name 64 pivots. */
const MAX_COMMANDS = 64 * 1024
const MAX_NAME = 1024
const MAX_ACCOUNT = 256
/** Behind where a word begins its host stands no farther than this. */
const NEAR = 1024

/** At most MAX_PIVOTS, each with as much of the text as has room. */
export function namedPivots(found: readonly Found[]): NamedPivot[] {
  const kept = found.slice(0, MAX_PIVOTS)
  const room = Math.min(MAX_PIVOT_COMMAND, Math.floor(MAX_COMMANDS / Math.max(1, kept.length)))
  return kept.map((one) => namedPivot(one, room))
}

function namedPivot({ destination, text, from, secrets }: Found, room: number): NamedPivot {
  const { tool, relation, host, port, account, object, on } = destination
  const stands = placeOf(text, host ?? object, from)
  const [start, end] = around(text, stands ?? from, room)
  const isCut = end - start < text.length
  const body = {
    tool: tool.slice(0, 64),
    relation,
    host: extracted(host, MAX_NAME),
    port,
    account: extracted(account, MAX_ACCOUNT),
    object: extracted(object, MAX_NAME),
    on: extracted(on, MAX_NAME),
    command: printable(text.slice(start, end)),
    ...(isCut ? { truncated: { kept: end - start, total: text.length } } : {}),
    offset: stands === null ? null : stands - start,
  }
  return { body, secrets: secretsWithin(secrets, start, end) }
}

// What the cut begins in the middle of still begins there.
function secretsWithin(secrets: readonly PresentedSecret[], start: number, end: number): PresentedSecret[] {
  const within = secrets.filter(({ secret, offset }) => offset < end && offset + secret.length > start)
  return within.map(({ secret, offset }) => ({ secret, offset: Math.max(0, offset - start) }))
}

function extracted(name: string | null, limit: number): string | null {
  return name === null ? null : printable(name.slice(0, limit))
}

/** Where the name stands whole, from `from` on; null where quotes or an encoding hide it. */
function placeOf(text: string, name: string | null, from: number): number | null {
  if (name === null || name === '') return null
  const near = text.slice(from, from + NEAR + name.length)
  for (let at = near.indexOf(name); at >= 0; at = near.indexOf(name, at + 1)) {
    if (!isOfName(near.charAt(at - 1)) && !isOfName(near.charAt(at + name.length))) return from + at
  }
  return null
}

function isOfName(char: string): boolean {
  return /[A-Za-z0-9_-]/.test(char)
}

/** A part of at most `room` units around a place, which cuts no character in two. */
function around(text: string, place: number, room: number): [start: number, end: number] {
  if (text.length <= room) return [0, text.length]
  const start = Math.max(0, Math.min(place - (room >> 2), text.length - room))
  const end = start + room
  return [isLowSurrogate(text, start) ? start + 1 : start, isLowSurrogate(text, end) ? end - 1 : end]
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}
