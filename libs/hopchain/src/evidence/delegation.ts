import { type Access, compareAccesses } from '../access.ts'
import { comparePlaces, type Place, precedes } from '../place.ts'
import type { World } from '../world.ts'
import { type Evidence, type EvidenceClass, endAt, startOf } from './evidence.ts'
import { carriedOn, isBetweenTrees } from './trace-id.ts'

/**
 * The run of the later access was minted with the token of the earlier one's run: the gateway's lineage, not a claim.
 * Found from the nearest ancestor that had an access before the mint, and there from the last one; confirmed for any other. It explains
 * a run's first access best: to later ones the run may have been led by what it was answered itself.
 *
 * Claimed only (`basis.claimed`): a request of a run from another tree carries a trace id that the earlier access carried before. That
 * adds to what links, and never links. Nothing else that is recorded can carry such a claim: lineages are the gateway's own, and what a
 * task text names is a value that its run was given.
 */
export const delegation: EvidenceClass = {
  name: 'delegation',
  isWeak: false,
  find(to, world) {
    for (const mint of mintsAbove(to, world)) {
      const from = world.accessesOfRun(mint.parent).findLast((access) => mayHaveMinted(access, to, mint, world))
      if (from) return [evidenceOf(from, to, mint, world)]
    }
    return []
  },
  confirm(from, to, world) {
    const mint = mintsAbove(to, world).find(({ parent }) => parent === from.run)
    return mint && mayHaveMinted(from, to, mint, world) ? [evidenceOf(from, to, mint, world)] : claimed(from, to, world)
  },
}

/** `child` was minted with the token of `parent`, at `at` when its `run.started` is known to precede the access. */
type Mint = { parent: string; child: string; at: Place | null }

// Nearest ancestor first.
function mintsAbove(access: Access, world: World): Mint[] {
  if (access.run === null) return []
  const path = [...access.lineage, access.run]
  const mints = access.lineage.map((parent, depth) => {
    const child = path[depth + 1] ?? parent
    const started = world.runs.get(child)?.started
    // Clocks differ: a start that seems to follow the access says nothing about when its run was minted.
    return { parent, child, at: started && precedes(started, access.start) ? started : null }
  })
  return mints.reverse()
}

function mayHaveMinted(from: Access, to: Access, mint: Mint, world: World): boolean {
  if (from.kind !== 'session' || from.id === to.id || compareAccesses(from, to) >= 0) return false
  if (to.start.tsUs - from.start.tsUs > world.policy.windowUs) return false
  return mint.at === null || comparePlaces(from.start, mint.at) < 0
}

function evidenceOf(from: Access, to: Access, mint: Mint, world: World): Evidence {
  return {
    class: 'delegation',
    score: weightFor(to, world),
    isLink: true,
    fromAccess: from.id,
    from: startOf(from),
    to: startOf(to),
    observable: null,
    basis: { parentRun: mint.parent, childRun: mint.child, ...(mint.at ? { mintedIn: mint.at.stream, mintedSeq: mint.at.seq } : {}) },
  }
}

// The lineage tells where a run comes from. Once it has been somewhere, what it read there may lead on as well.
function weightFor(to: Access, world: World): number {
  const { weights, windowUs } = world.policy
  const isLater = world.accessesOfRun(to.run ?? '').some((other) => {
    return other.kind === 'session' && compareAccesses(other, to) < 0 && to.start.tsUs - other.start.tsUs <= windowUs
  })
  return isLater ? weights.laterDelegation : weights.delegation
}

function claimed(from: Access, to: Access, world: World): Evidence[] {
  const carried = isBetweenTrees(from, to) ? carriedOn(from, to, world) : null
  if (!carried) return []
  const { kind, digest, value } = carried.later
  return [
    {
      class: 'delegation',
      score: world.policy.weights.claimedDelegation,
      isLink: false,
      fromAccess: from.id,
      from: endAt(carried.earlier),
      to: endAt(carried.later),
      observable: { kind, digest, value },
      basis: { claimed: 'trace', parentRun: from.run ?? '', childRun: to.run ?? '' },
    },
  ]
}
