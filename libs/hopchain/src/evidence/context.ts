import type { Access } from '../access.ts'
import type { World } from '../world.ts'
import { decayed } from './decay.ts'
import { type Evidence, type EvidenceClass, nothing, startOf } from './evidence.ts'

/** Both accesses act for the same root principal; the longer ago the earlier one was left, the less that says. Adds to what links, never links. */
export const sameRoot: EvidenceClass = {
  name: 'same-root',
  isWeak: true,
  find: nothing,
  confirm(from, to, world) {
    if (from.rootPrincipal === null || from.rootPrincipal !== to.rootPrincipal) return []
    const sinceUs = isOpenAt(from, to) ? 0 : to.start.tsUs - from.lastUs
    return weak('same-root', world.policy.weights.sameRoot, sinceUs, { from, to, world })
  },
}

/** The earlier access was open when the later one began; the longer it was, the less that says. Adds to what links, never links. */
export const timing: EvidenceClass = {
  name: 'timing',
  isWeak: true,
  find: nothing,
  confirm(from, to, world) {
    if (from.kind !== 'session' || !isOpenAt(from, to)) return []
    return weak('timing', world.policy.weights.timing, to.start.tsUs - from.start.tsUs, { from, to, world })
  },
}

function isOpenAt(from: Access, to: Access): boolean {
  return from.isOpen || from.lastUs >= to.start.tsUs
}

type Pair = { from: Access; to: Access; world: World }

function weak(name: 'same-root' | 'timing', weight: number, ageUs: number, { from, to, world }: Pair): Evidence[] {
  const score = decayed(weight, ageUs, world.policy.weakHalfLifeUs)
  if (score === 0) return []
  return [{ class: name, score, isLink: false, fromAccess: from.id, from: startOf(from), to: startOf(to), observable: null, basis: {} }]
}
