import { type Access, accessId, isTargetUse, type Sighting } from './access.ts'
import { type Candidate, candidatesFor } from './candidate.ts'
import { credentialFlow, isSecretUse } from './evidence/credential-flow.ts'
import { targetFlow } from './evidence/target-flow.ts'
import { tellingUses } from './evidence/value-flow.ts'
import { anchorOf, compareEnds, type Hop, hopId } from './hop.ts'
import { pushTo } from './lists.ts'
import { compareText } from './place.ts'
import type { LinkPolicy } from './policy.ts'
import { unseenIn } from './unseen.ts'
import { type Evidenced, World } from './world.ts'

export type Linked = {
  /** In the order of the events that they lead to; at most one leads to an access. */
  hops: Hop[]
  /** Nodes that the input did not hold: uses of a value inside sessions that were already open, and pivots not seen. */
  uses: Access[]
}

/**
 * Links each access to the one that most likely led to it. Deterministic: the order of the input does not matter, and what
 * happened later, or elsewhere, does not change a hop; but that a pivot was not seen is known only once time has passed.
 * O(uses × answers of the same value).
 * @param scope ids of the accesses to link; all when left out. The rest is what they may be linked to
 * @param throughUs event time that was reached, in µs: all before is among the accesses. No pivot counts as not seen when left out
 */
export function linkHops(
  evidenced: Evidenced,
  policy: LinkPolicy,
  scope?: ReadonlySet<string>,
  throughUs = Number.NEGATIVE_INFINITY,
): Linked {
  const world = new World(evidenced, policy)
  const inScope = world.accesses.filter(({ id }) => scope?.has(id) ?? true)
  const used = inScope.flatMap((access) => usesInside(access, world))
  const taken = new Set(used.map(({ id }) => id))
  const unseen = inScope.flatMap((access) => unseenIn(access, world, throughUs)).filter(({ id }) => !taken.has(id))
  const uses = [...used, ...unseen]
  const hops = [...inScope, ...uses].flatMap((to) => hopInto(to, world))
  return { hops: hops.sort((a, b) => compareEnds(a.to, b.to) || compareText(a.id, b.id)), uses }
}

function hopInto(to: Access, world: World): Hop[] {
  const [best, ...others] = candidatesFor(to, world)
  const strongest = best?.strongest[0]
  const anchor = best ? anchorOf(best.all) : null
  if (!best || !strongest || !anchor) return []
  return [
    {
      id: hopId(anchor.from, anchor.to, anchor.class),
      fromAccess: best.from.id,
      toAccess: to.id,
      class: strongest.class,
      from: strongest.from,
      to: strongest.to,
      score: best.score,
      evidence: best.strongest,
      alternatives: others.slice(0, world.policy.maxAlternatives).flatMap(alternativeOf),
    },
  ]
}

function alternativeOf({ from, score, strongest }: Candidate) {
  const [first] = strongest
  return first ? [{ fromAccess: from.id, class: first.class, score }] : []
}

// In a session that was open before: secrets and targets that were answered only in accesses which began after it. The first such
// use of each value; those of one event are one node.
function usesInside(session: Access, world: World): Access[] {
  if (session.kind !== 'session') return []
  const isUse = (sighting: Sighting) => sighting.seq > session.start.seq && (isSecretUse(sighting) || isTargetUse(session, sighting))
  const explained = valuesThatLedTo(session, world)
  const nodes = new Map<number, Access>()
  for (const sighting of tellingUses(session, world, isUse)) {
    if (explained.has(sighting.digest)) continue
    const use = useOf(session, sighting)
    if (valuesThatLedTo(use, world).size === 0) continue
    explained.add(sighting.digest)
    const node = nodes.get(sighting.seq)
    nodes.set(sighting.seq, node ? { ...node, sightings: [...node.sightings, sighting] } : use)
  }
  return withTraces(nodes, session, world)
}

// The request that used a value may carry a trace id too.
function withTraces(nodes: ReadonlyMap<number, Access>, session: Access, world: World): Access[] {
  if (nodes.size === 0) return []
  const carried = new Map<number, Sighting[]>()
  for (const sighting of [...world.tracesOf(session).values()].flat()) if (nodes.has(sighting.seq)) pushTo(carried, sighting.seq, sighting)
  return [...nodes].map(([seq, node]) => ({ ...node, sightings: [...node.sightings, ...(carried.get(seq) ?? [])] }))
}

function valuesThatLedTo(access: Access, world: World): Set<string> {
  const flows = [...credentialFlow.find(access, world), ...targetFlow.find(access, world)]
  return new Set(flows.flatMap(({ isLink, observable }) => (isLink && observable ? [observable.digest] : [])))
}

function useOf(session: Access, sighting: Sighting): Access {
  const { stream, seq, tsUs, ms } = sighting
  const start = { stream, seq, tsUs }
  return { ...session, kind: 'use', id: accessId('use', start), start, startMs: ms, lastUs: tsUs, isOpen: false, sightings: [sighting] }
}
