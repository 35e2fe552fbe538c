import type { ObservableKind } from '@hoptrace/events'
import type { Access, Sighting } from '../access.ts'
import type { Place } from '../place.ts'
import type { World } from '../world.ts'

/** The names of the model's classes. A class is a file in this folder; `classes.ts` lists those that are built. */
export type EvidenceClassName =
  | 'credential-flow'
  | 'delegation'
  | 'target-flow'
  | 'origin'
  | 'pivot-command'
  | 'trace-id'
  | 'same-root'
  | 'timing'

/** One end of a hop, to replay: the event, the milliseconds since its session began, and where in its body the value stands. */
export type HopEnd = {
  session: string
  seq: number
  tsUs: number
  ms: number
  /** JSON pointer (RFC 6901); empty when the whole event is meant. */
  at: string
  /** UTF-16 units into the text of that field; null when unknown. */
  offset: number | null
}

/** A reason to believe that something in the access `fromAccess` led to another. */
export type Evidence = {
  class: EvidenceClassName
  /** Thousandths of log-odds. */
  score: number
  /** Does it link by itself, or does it only add to what links? */
  isLink: boolean
  fromAccess: string
  from: HopEnd
  to: HopEnd
  /** What flowed; `value` is null for secrets. */
  observable: { kind: ObservableKind; digest: string; value: string | null } | null
  /** What the score rests on, for the reader: `{ callers: 3, baseline: 'day:20777' }`. */
  basis: Readonly<Record<string, string | number>>
}

/** One class of evidence. Both functions are pure, and look only at what came before the access's own events. */
export type EvidenceClass = {
  name: EvidenceClassName
  /** Weak classes are correlated: of them only the strongest counts. */
  isWeak: boolean
  /** Evidence that leads to `to`, from any access. */
  find(to: Access, world: World): Evidence[]
  /** Evidence for a pair that another class found. */
  confirm(from: Access, to: Access, world: World): Evidence[]
}

export const nothing = (): Evidence[] => []

export function endAt(sighting: Sighting): HopEnd {
  const { stream, seq, tsUs, ms, at, offset } = sighting
  return { session: stream, seq, tsUs, ms, at, offset }
}

export function startOf(access: Access): HopEnd {
  const { stream, seq, tsUs } = access.start
  return { session: stream, seq, tsUs, ms: access.startMs, at: '', offset: null }
}

export function placeOf(end: HopEnd): Place {
  return { stream: end.session, seq: end.seq, tsUs: end.tsUs }
}
