import type { Access } from '../access.ts'
import { type Evidence, type EvidenceClass, nothing, startOf } from './evidence.ts'

/** Both accesses act for the same root principal. Adds to what links, never links. */
export const sameRoot: EvidenceClass = {
  name: 'same-root',
  isWeak: true,
  find: nothing,
  confirm(from, to, world) {
    if (from.rootPrincipal === null || from.rootPrincipal !== to.rootPrincipal) return []
    return [weak('same-root', world.policy.weights.sameRoot, from, to)]
  },
}

/** The earlier access was open when the later one began. Adds to what links, never links. */
export const timing: EvidenceClass = {
  name: 'timing',
  isWeak: true,
  find: nothing,
  confirm(from, to, world) {
    const isOpen = from.kind === 'session' && (from.isOpen || from.lastUs >= to.start.tsUs)
    return isOpen ? [weak('timing', world.policy.weights.timing, from, to)] : []
  },
}

function weak(name: 'same-root' | 'timing', score: number, from: Access, to: Access): Evidence {
  return { class: name, score, isLink: false, fromAccess: from.id, from: startOf(from), to: startOf(to), observable: null, basis: {} }
}
