import type { Access, Sighting } from '../access.ts'
import { baselineId } from '../baseline.ts'
import type { World } from '../world.ts'
import { type EvidenceClass, endAt, nothing } from './evidence.ts'
import { flowsInto } from './value-flow.ts'

/** A host, address, URL, ARN or pod that was answered in one access and was the target of a later one. Weighs by its rarity. */
export const targetFlow: EvidenceClass = {
  name: 'target-flow',
  isWeak: false,
  find(to, world) {
    return [...flowsInto(to, world, (sighting) => isTargetUse(to, sighting))].map(({ answer, use, callers }) => {
      const score = rarityOf(callers, use, world)
      return {
        class: 'target-flow',
        score,
        isLink: score >= world.policy.rarityThatLinks,
        fromAccess: answer.access.id,
        from: endAt(answer.sighting),
        to: endAt(use),
        observable: { kind: use.kind, digest: use.digest, value: use.value ?? answer.sighting.value },
        basis: { callers, baseline: baselineId(world.baselineFor(use).day), baselineCallers: world.baselineFor(use).callers },
      }
    })
  },
  confirm: nothing,
}

/** 1000·ln(N/df), from 0 to the cap: N the callers of the baseline day with the prior, df the callers that were answered the value. */
function rarityOf(callers: number, use: Sighting, world: World): number {
  const { priorCallers, weights } = world.policy
  const all = world.baselineFor(use).callers + priorCallers
  const rarity = Math.round(1000 * Math.log(all / Math.max(callers, 1)))
  return Math.min(Math.max(rarity, 0), weights.targetFlowCap)
}

// A refused attempt reached nothing: what it asked for is its target.
export function isTargetUse(to: Access, { role, kind }: Sighting): boolean {
  if (kind === 'credential' || kind === 'key') return false
  return role === 'target' || (to.kind === 'refused' && role === 'asked')
}
