import type { AccessFacts, ChainFacts, HopFacts, Moment } from '../facts/facts.ts'

/** The one order of moments across streams: (ts, session, seq). */
export function compareMoments(a: Moment, b: Moment): number {
  return a.tsUs - b.tsUs || compareText(a.session, b.session) || a.seq - b.seq
}

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** A hop with both its ends. */
export type Link = { hop: HopFacts; from: AccessFacts; to: AccessFacts }

/** Hops in the order in which they came to be, whatever order they are given in. One of whose ends is missing is left out. */
export function linksOf({ accesses, hops }: ChainFacts): Link[] {
  const byId = new Map(accesses.map((access) => [access.id, access]))
  const links = hops.flatMap((hop) => {
    const [from, to] = [byId.get(hop.from), byId.get(hop.to)]
    return from && to ? [{ hop, from, to }] : []
  })
  return links.sort((a, b) => compareMoments(a.hop.toAt, b.hop.toAt) || compareText(a.hop.id, b.hop.id))
}

/** Accesses in the order in which they began. */
export function accessesInOrder({ accesses }: Pick<ChainFacts, 'accesses'>): AccessFacts[] {
  return [...accesses].sort((a, b) => compareMoments(a.at, b.at) || compareText(a.id, b.id))
}
