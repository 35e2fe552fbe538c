import { type Access, callerOf, isTargetUse, type Sighting } from '../access.ts'
import { baselineId } from '../baseline.ts'
import type { World } from '../world.ts'
import { type EvidenceClass, endAt, nothing } from './evidence.ts'
import { type Flow, flowsInto } from './value-flow.ts'

/**
 * A host, address, URL, ARN or pod that was answered in one access and was the target of a later one. Weighs by its rarity.
 * From one caller to another it does not flow where many callers go anyway, nor by a pod's name out of its cluster; and it does not link
 * where the actor goes anyway.
 */
export const targetFlow: EvidenceClass = {
  name: 'target-flow',
  isWeak: false,
  find(to, world) {
    const flows = [...flowsInto(to, world, (sighting) => isTargetUse(to, sighting))]
    const hubs = new Map<Sighting, boolean>()
    const telling = flows.filter(({ answer, use }) => {
      if (isOneCaller(answer.access, to)) return true
      if (use.kind === 'pod' && !isOneCluster(answer.access, to)) return false
      const isKnown = hubs.get(use) ?? isHub(to, use, world)
      hubs.set(use, isKnown)
      return !isKnown
    })
    return telling.map((flow) => {
      const { answer, use, callers } = flow
      const isExplained = explainsItself(flow, to, world)
      const rarity = rarityOf(callers, use, world)
      return {
        class: 'target-flow',
        score: isExplained ? Math.min(rarity, world.policy.weights.explainedTargetFlow) : rarity,
        isLink: !isExplained && rarity >= world.policy.rarityThatLinks,
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

// Whoever goes there every day was not led there; and to a stranger a name that others know says nothing, nor where it was before.
function explainsItself({ answer, use, callers }: Flow, to: Access, world: World): boolean {
  const isOwn = isOneCaller(answer.access, to)
  const familiarity = isPlace(use) || (use.kind === 'pod' && !isOwn) ? world.familiarity(to) : null
  if (familiarity === null) return false
  return isOwn ? familiarity === 'habitual' : familiarity !== 'new' || callers > 1
}

// A pod is named within its cluster, and every cluster may have a `web-0`.
function isOneCluster(from: Access, to: Access): boolean {
  return from.protocol === 'kubernetes' && from.target === to.target
}

// The target itself. A pod, or a page, inside of a target that the actor goes to anyway may still be new: to one who was answered it.
function isPlace({ kind }: Sighting): boolean {
  return kind === 'host' || kind === 'address'
}

function isOneCaller(from: Access, to: Access): boolean {
  return callerOf(from) === callerOf(to)
}

function isHub(to: Access, use: Sighting, { reaches, policy }: World): boolean {
  const before = { ...use, withinUs: policy.windowUs, enough: policy.maxCallersOfTarget + 1 }
  return reaches.countOthers(use.digest, callerOf(to), before) > policy.maxCallersOfTarget
}
