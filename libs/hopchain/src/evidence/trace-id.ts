import { type Access, callerOf, type Sighting } from '../access.ts'
import { comparePlaces, compareText, countBefore } from '../place.ts'
import type { World } from '../world.ts'
import { decayed } from './decay.ts'
import { type EvidenceClass, endAt, nothing } from './evidence.ts'

/**
 * A request of the later access carries the trace id (W3C Trace Context, `traceparent`) that one of the earlier access carried. The
 * caller writes it as it likes, so it adds to what links and never links. Between two trees of runs it is a claim of delegation, which
 * is scored as that.
 */
export const traceId: EvidenceClass = {
  name: 'trace-id',
  isWeak: true,
  find: nothing,
  confirm(from, to, world) {
    const carried = isBetweenTrees(from, to) ? null : carriedOn(from, to, world)
    if (!carried) return []
    const { weights, weakHalfLifeUs } = world.policy
    const score = decayed(weights.traceId, carried.later.tsUs - carried.earlier.tsUs, weakHalfLifeUs)
    if (score === 0) return []
    const { kind, digest, value } = carried.later
    const ends = { from: endAt(carried.earlier), to: endAt(carried.later) }
    return [{ class: 'trace-id', score, isLink: false, fromAccess: from.id, ...ends, observable: { kind, digest, value }, basis: {} }]
  },
}

/** Both act in runs, and no token of one tree minted a run of the other. */
export function isBetweenTrees(from: Access, to: Access): boolean {
  return from.run !== null && to.run !== null && callerOf(from) !== callerOf(to)
}

type Carried = { earlier: Sighting; later: Sighting }

/** The first request of `to` that carries a trace id which a request of `from` carried before it. */
export function carriedOn(from: Access, to: Access, world: World): Carried | null {
  const [before, after] = [world.tracesOf(from), world.tracesOf(to)]
  let first: Carried | null = null
  // The side with fewer is gone through: a session over HTTP may carry one trace id a request.
  for (const digest of (before.size < after.size ? before : after).keys()) {
    const [earlier, laters = []] = [before.get(digest)?.[0], after.get(digest)]
    const later = earlier && laters[countBefore(laters, earlier, (sighting) => sighting)]
    if (earlier && later && (!first || comesFirst(later, first.later))) first = { earlier, later }
  }
  return first
}

function comesFirst(a: Sighting, b: Sighting): boolean {
  return (comparePlaces(a, b) || compareText(a.digest, b.digest)) < 0
}
