import { decodeEvent, type SessionEvent } from '@hoptrace/events'
import {
  type Access,
  chainsOf,
  defaultLinkPolicy,
  type Evidenced,
  type Hop,
  type HopChain,
  type LinkPolicy,
  linkHops,
} from '@hoptrace/hopchain'
import { nodesOf } from './accesses.ts'
import { baselinesOf } from './baselines.ts'
import { familiarIn } from './habits.ts'

/** What the product makes of a recording. */
export type Detected = { evidenced: Evidenced; hops: Hop[]; chains: HopChain[]; accesses: ReadonlyMap<string, Access> }

/** Reads encoded events, as ingest does. @throws Error where one is none: the generator is wrong then */
export function read(events: readonly Buffer[]): SessionEvent[] {
  return events.map((bytes) => {
    const decoded = decodeEvent(bytes)
    if (decoded.kind !== 'event') throw new Error(`an event was refused: ${decoded.reason} ${decoded.at}`)
    return decoded.event
  })
}

export function evidencedOf(events: Iterable<SessionEvent>): Evidenced {
  const { accesses, runs, pivots } = nodesOf(events)
  return { accesses, runs, pivots, baselines: baselinesOf(accesses), familiar: familiarIn(events, accesses) }
}

export function detect(evidenced: Evidenced, policy: LinkPolicy): Detected {
  const throughUs = evidenced.accesses.reduce((last, { lastUs }) => Math.max(last, lastUs), 0)
  const { hops, uses } = linkHops(evidenced, policy, undefined, throughUs)
  const accesses = new Map([...evidenced.accesses, ...uses].map((access) => [access.id, access]))
  return { evidenced, hops, chains: chainsOf(hops, accesses), accesses }
}

/** The policy as shipped, with what the fleet's operator has declared. */
export function policyFor(sharedOrigin: string): LinkPolicy {
  return { ...defaultLinkPolicy, sharedOrigins: [sharedOrigin] }
}
