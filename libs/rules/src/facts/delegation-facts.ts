import type { ChainRows } from './chain-rows.ts'
import type { ChainFacts } from './facts.ts'

/**
 * How the runs of a chain stand to each other. Lineages are the gateway's own; a hop whose delegation is only claimed is not verified.
 * A circle is a run below itself, or an agent that is delegated to by one that it delegated to.
 */
export function delegationOf({ accesses, hops, agents }: ChainRows): ChainFacts['delegation'] {
  const lines = accesses.map(({ run, lineage }) => (run === null ? lineage : [...lineage, run]))
  const claims = hops.flatMap(({ evidence }) => evidence.filter((each) => each.class === 'delegation' && 'claimed' in each.basis))
  return {
    depth: lines.reduce((deepest, line) => Math.max(deepest, line.length - 1), 0),
    isVerified: claims.length === 0,
    isCyclic: lines.some((line) => isCircle(line) || isCircle(withoutRepeats(line.flatMap((run) => agents.get(run)?.template ?? [])))),
  }
}

function isCircle(line: readonly string[]): boolean {
  return new Set(line).size < line.length
}

// An agent that starts runs of its own kind goes deeper, not round.
function withoutRepeats(line: readonly string[]): string[] {
  return line.filter((each, at) => each !== line[at - 1])
}
