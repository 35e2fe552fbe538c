import { type Access, callerOf, compareAccesses, compareSightings, isTargetUse, type Sighting } from '../access.ts'
import type { Naming } from '../namings.ts'
import type { World } from '../world.ts'
import { type Evidence, type EvidenceClass, endAt, type HopEnd, nothing } from './evidence.ts'
import { sessionsBehind } from './origin.ts'
import { isCommon } from './value-flow.ts'

/**
 * A command or a statement in one access named the target of another, which began soon after. Of several that named it, the nearest.
 * Who named it belongs to the same tree of runs, or was where the later access came from: that two callers name one host is no news.
 * An access that was open already cannot have followed; what it uses then is told by the values that flowed.
 */
export const pivotCommand: EvidenceClass = {
  name: 'pivot-command',
  isWeak: false,
  find(to, world) {
    if (to.kind === 'unseen') return ofUnseen(to, world)
    const uses = firstUses(to, world)
    const behind = uses.length === 0 ? [] : sessionsBehind(to, world)
    return uses.flatMap((use) => {
      const accesses = [...world.namings.accessesOf(callerOf(to), use.digest), ...behind]
      const naming = nearestNaming(to, { use, accesses }, world)
      return naming ? [evidenceOf(naming.access.id, endAt(naming.sighting), use, naming, world)] : []
    })
  },
  confirm: nothing,
}

// A session over HTTP says with each request where it goes: the first of a value says it all.
function firstUses(to: Access, world: World): Sighting[] {
  const uses = new Map<string, Sighting>()
  for (const sighting of to.sightings) {
    if (!isTargetUse(to, sighting) || isCommon(sighting, world)) continue
    const other = uses.get(sighting.digest)
    if (!other || compareSightings(sighting, other) < 0) uses.set(sighting.digest, sighting)
  }
  return [...uses.values()].filter((use) => world.callersOfValue(use.digest, use) <= world.policy.maxCallersOfValue)
}

/** @param accesses of the caller's tree that named the value, and sessions that were open where `to` came from */
function nearestNaming(to: Access, { use, accesses }: { use: Sighting; accesses: readonly Access[] }, world: World): Naming | null {
  let nearest: Naming | null = null
  for (const access of accesses) {
    if (access.start.stream === to.start.stream || compareAccesses(access, to) >= 0) continue
    const naming = world.namings.lastIn(access, use.digest, to.start)
    if (!naming || to.start.tsUs - naming.sighting.tsUs > world.policy.pivotWithinUs) continue
    if (!nearest || compareSightings(naming.sighting, nearest.sighting) > 0) nearest = naming
  }
  return nearest
}

function ofUnseen(to: Access, world: World): Evidence[] {
  const [use] = [...to.sightings].sort(compareSightings)
  const pivot = use && world.namings.pivotAt(use)
  if (!use || !pivot) return []
  const named: HopEnd = { session: use.stream, seq: pivot.event, tsUs: use.tsUs, ms: use.ms, at: pivot.at, offset: null }
  const evidence = evidenceOf(to.start.stream, named, use, { sighting: use }, world)
  return [{ ...evidence, basis: { ...evidence.basis, waitedMs: Math.floor(world.policy.unseenAfterUs / 1000) } }]
}

function evidenceOf(fromAccess: string, from: HopEnd, use: Sighting, { sighting }: Pick<Naming, 'sighting'>, world: World): Evidence {
  const pivot = world.namings.pivotAt(sighting)
  return {
    class: 'pivot-command',
    score: world.policy.weights.pivotCommand,
    isLink: true,
    fromAccess,
    from,
    to: endAt(use),
    observable: { kind: use.kind, digest: use.digest, value: use.value },
    basis: pivot ? { tool: pivot.tool, relation: pivot.relation } : {},
  }
}
