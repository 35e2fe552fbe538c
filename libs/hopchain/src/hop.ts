import { createHash } from 'node:crypto'
import { canonicalJson } from '@hoptrace/events'
import { type Evidence, type EvidenceClassName, type HopEnd, placeOf } from './evidence/evidence.ts'
import { comparePlaces, compareText } from './place.ts'

/** Another access that may have led to the same one. */
export type Alternative = { fromAccess: string; class: EvidenceClassName; score: number }

/** The claim that something in one access led to another: its best parent, with the reasons and the runners-up. */
export type Hop = {
  /** `hopId` of the anchor: the first event pair that links the two. Later evidence changes the score, never the name. */
  id: string
  fromAccess: string
  toAccess: string
  /** Of the strongest evidence, and so are `from` and `to`. */
  class: EvidenceClassName
  from: HopEnd
  to: HopEnd
  /** Thousandths of log-odds, summed over the classes. */
  score: number
  /** One a class, the strongest of its class, strongest first. */
  evidence: readonly Evidence[]
  /** Best first. */
  alternatives: readonly Alternative[]
}

type EventRef = { session: string; seq: number }

/** H(from event, to event, class): the first 128 bits, in hex, of SHA-256 over their canonical JSON (RFC 8785). */
export function hopId(from: EventRef, to: EventRef, evidenceClass: EvidenceClassName): string {
  return shortHash({ from: { session: from.session, seq: from.seq }, to: { session: to.session, seq: to.seq }, class: evidenceClass })
}

/** H(first access): the chain keeps its name while it grows. */
export function chainId(first: { stream: string; seq: number }): string {
  return shortHash({ first: { session: first.stream, seq: first.seq } })
}

function shortHash(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 32)
}

/** The earliest evidence that links: by the later event, then the stronger, then the earlier event. */
export function anchorOf(evidence: readonly Evidence[]): Evidence | null {
  const links = evidence.filter(({ isLink }) => isLink)
  return (
    links.sort((a, b) => compareEnds(a.to, b.to) || b.score - a.score || compareEnds(a.from, b.from) || compareText(a.class, b.class))[0] ??
    null
  )
}

export function compareEnds(a: HopEnd, b: HopEnd): number {
  return comparePlaces(placeOf(a), placeOf(b))
}
