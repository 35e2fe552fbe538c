import { canonicalAddress } from '@hoptrace/events'
import { type Access, callerOf, compareAccesses } from '../access.ts'
import type { World } from '../world.ts'
import { type EvidenceClass, nothing, startOf } from './evidence.ts'

/**
 * The later access came from the address that the earlier one's target has, while that one was open.
 * Several sessions open there share the weight. Loopback, translated and gateways' addresses say nothing.
 */
export const origin: EvidenceClass = {
  name: 'origin',
  isWeak: false,
  find(to, world) {
    const open = sessionsBehind(to, world)
    const score = Math.floor(world.policy.weights.origin / Math.max(open.length, 1))
    return open.map((from) => ({
      class: 'origin',
      score,
      isLink: score >= world.policy.originThatLinks,
      fromAccess: from.id,
      from: startOf(from),
      to: startOf(to),
      observable: null,
      basis: { address: to.origin ?? '', openThere: open.length },
    }))
  },
  confirm: nothing,
}

/**
 * Sessions that were open where an access came from. Those of its own caller, where it has any: what else is open there is somebody
 * else's. A host at which many callers have sessions is a hub, such as a bastion or a connection pool, and leads no stranger anywhere.
 */
export function sessionsBehind(to: Access, world: World): readonly Access[] {
  const address = to.origin === null ? null : canonicalAddress(to.origin)
  if (address === null || isShared(address, world)) return []
  const open = world.sessionsAt(address).filter((from) => isOpenAt(from, to, world))
  const caller = callerOf(to)
  const own = open.filter((from) => callerOf(from) === caller)
  if (own.length > 0) return own
  return new Set(open.map(callerOf)).size > world.policy.maxCallersAtOrigin ? [] : open
}

function isOpenAt(from: Access, to: Access, world: World): boolean {
  if (compareAccesses(from, to) >= 0) return false
  if (to.start.tsUs - from.start.tsUs > world.policy.windowUs) return false
  return from.isOpen || from.lastUs >= to.start.tsUs
}

/** @param address in canonical form */
export function isShared(address: string, world: World): boolean {
  return address === '::1' || address.startsWith('127.') || world.policy.sharedOrigins.includes(address)
}
