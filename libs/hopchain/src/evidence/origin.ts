import { canonicalAddress } from '@hoptrace/events'
import { type Access, compareAccesses } from '../access.ts'
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
    const address = to.origin === null ? null : canonicalAddress(to.origin)
    if (address === null || isShared(address, world)) return []
    const open = world.sessionsAt(address).filter((from) => isOpenAt(from, to, world))
    return open.map((from) => ({
      class: 'origin',
      score: Math.floor(world.policy.weights.origin / open.length),
      isLink: true,
      fromAccess: from.id,
      from: startOf(from),
      to: startOf(to),
      observable: null,
      basis: { address, openThere: open.length },
    }))
  },
  confirm: nothing,
}

function isOpenAt(from: Access, to: Access, world: World): boolean {
  if (compareAccesses(from, to) >= 0) return false
  if (to.start.tsUs - from.start.tsUs > world.policy.windowUs) return false
  return from.isOpen || from.lastUs >= to.start.tsUs
}

function isShared(address: string, world: World): boolean {
  return address === '::1' || address.startsWith('127.') || world.policy.sharedOrigins.includes(address)
}
